import { setupOf, type AgentSetup } from "../agent-setup.ts";
import type { AgentEvent } from "../event.ts";
import type { AssistantMessage } from "../message.ts";
import type { Running } from "../running.ts";

/** Lets the agent go on that a call of this answer has handed the run over to, if one has and no call is open any more. */
export function* handOver(it: Running, answer: AssistantMessage): Generator<AgentEvent, void> {
  const { agent, conversation } = it;
  const calls = answer.toolCalls ?? [];
  if (!calls.some(({ name }) => agent.tools.get(name)?.handoff)) return;
  if (conversation.open(calls).length > 0) return;
  const done = conversation.results.find(
    ({ isError, toolName }) => !isError && agent.tools.get(toolName)?.handoff,
  );
  const next = done && targetOf(agent, done.toolName);
  if (!next) return;
  const from = agent.name;
  it.agent = heirOf(it.root, next);
  if (it.isWatched) yield { type: "handoff", from, to: next.name };
}

/** The agent of that name among those that a run of the first one can be handed to, itself included. */
export function speakerNamed(first: AgentSetup, name: string): AgentSetup | undefined {
  const named = speakers(first).get(name);
  return named && heirOf(first, named);
}

/** What the first agent keeps secret, those keep secret too that it hands over to. */
function heirOf(first: AgentSetup, next: AgentSetup): AgentSetup {
  return next === first ? first : (first.safeguards?.heir(next) ?? next);
}

/**
 * All agents that a run of the first one can be handed to, itself included, by their names.
 *
 * @throws TypeError when two of them have one name: a state says by name whose the run is.
 */
export function speakers(first: AgentSetup): ReadonlyMap<string, AgentSetup> {
  const before = speakersOf.get(first);
  if (before) return before;
  const known = new Map([[first.name, first]]);
  for (const each of known.values())
    for (const tool of each.tools.keys()) {
      const next = targetOf(each, tool);
      if (!next) continue;
      const other = known.get(next.name);
      if (other && other !== next)
        throw new TypeError(
          `handoff: two agents are named "${next.name}". Give each a "name" of its own.`,
        );
      known.set(next.name, next);
    }
  speakersOf.set(first, known);
  return known;
}

const speakersOf = new WeakMap<AgentSetup, ReadonlyMap<string, AgentSetup>>();

/** @throws TypeError when the function given to `handoff` returns no agent. */
function targetOf({ tools }: AgentSetup, toolName: string): AgentSetup | undefined {
  const { handoff } = tools.get(toolName) ?? {};
  if (!handoff) return undefined;
  const next = setupOf.get(Object(handoff()) as object);
  if (!next) throw new TypeError(`handoff: the function of "${toolName}" must return an Agent.`);
  return next;
}
