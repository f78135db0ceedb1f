import type { AgentSetup } from "./agent-options.ts";
import { checkCount } from "./agent-options.ts";
import { Conversation, mend } from "./conversation.ts";
import type { AgentEvent } from "./event.ts";
import { life, recordOf } from "./life.ts";
import { MemorySteps } from "./memory-steps.ts";
import type { Message } from "./message.ts";
import { checkOptions } from "./options.ts";
import type { Decision, RunResult, RunState, ToolTypes } from "./result.ts";
import { Scope } from "./scope.ts";

/** What an agent is asked: a text of the user's, or a conversation. */
export type Input = string | readonly Message[];

/** A run that is ready to be read. */
export interface Beginning<Types extends ToolTypes = ToolTypes> {
  readonly run: { readonly runId: string };
  readonly events: AsyncGenerator<AgentEvent<Types>, RunResult<Types>>;
  leave(): RunResult<Types>;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly context?: unknown;
  readonly runId?: string | undefined;
  readonly maxSteps?: number | undefined;
  readonly decisions?: readonly Decision[] | undefined;
}

/** @throws TypeError for wrong input or options. */
export function begin(setup: AgentSetup, input: Input, options: Options = {}): Beginning {
  checkRunOptions("run", options, ["signal", "context", "runId", "maxSteps"]);
  const { runId = crypto.randomUUID() } = options;
  if (!/^[\w.:-]{1,100}$/.test(runId))
    throw new TypeError(
      `run: "runId" must be 1 to 100 letters, digits, ".", "_", ":" or "-", got ${JSON.stringify(runId)}.`,
    );
  return prepare(setup, {
    ...options,
    runId,
    conversation: new Conversation(messagesOf(input)),
    steps: new MemorySteps(),
  });
}

/** @throws TypeError for a state that is not this agent's, and for a decision on a call that waits for none. */
export function resumeFrom(setup: AgentSetup, state: RunState, options: Options = {}): Beginning {
  checkRunOptions("resume", options, ["signal", "context", "maxSteps", "decisions"]);
  checkState(setup, state);
  const decisions = options.decisions ?? [];
  checkDecisions(state, decisions);
  return prepare(setup, {
    ...options,
    runId: state.runId,
    conversation: new Conversation(state.messages, state.start),
    steps: new MemorySteps(state.records, decisions),
  });
}

interface Parts extends Options {
  readonly runId: string;
  readonly conversation: Conversation;
  readonly steps: MemorySteps;
}

function prepare(setup: AgentSetup, { runId, conversation, steps, ...options }: Parts): Beginning {
  const scope = new Scope(options.signal);
  const { context, maxSteps = setup.maxSteps } = options;
  const own = { id: runId, context, maxSteps, conversation, steps, scope, stepResults: [] };
  const running = { ...setup, ...own, agent: setup.name, records: () => steps.records };
  return {
    run: { runId },
    events: life(running),
    leave: () => {
      const reason = new Error("The stream's reader left before the end.");
      scope.abort(reason);
      return { ...recordOf(running), status: "aborted", reason };
    },
  };
}

function checkRunOptions(where: string, options: Options, known: readonly string[]): void {
  checkOptions(where, options, known);
  const { signal, maxSteps } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(
      `${where}: "signal" must be an AbortSignal, such as new AbortController().signal.`,
    );
  if (maxSteps !== undefined) checkCount(where, "maxSteps", maxSteps);
}

function messagesOf(input: Input): readonly Message[] {
  if (typeof input === "string" && input.trim() !== "") return [{ role: "user", content: input }];
  if (Array.isArray(input) && input.length > 0) {
    for (const [index, each] of input.entries()) checkMessage(each, index);
    return mend(input);
  }
  throw new TypeError(
    "run: the input must be a text that is not empty, or a list of at least one message.",
  );
}

function checkMessage(message: Message, index: number): void {
  const { role, content } = Object(message) as Message;
  if (!["system", "user", "assistant", "tool"].includes(role))
    throw new TypeError(
      `run: message ${index} needs a "role" of "system", "user", "assistant" or "tool".`,
    );
  if (typeof content !== "string")
    throw new TypeError(`run: message ${index} needs a "content" that is a string.`);
}

function checkState(setup: AgentSetup, state: RunState): void {
  const { version, agent, messages, start, runId, records } = Object(state) as RunState;
  if (version !== 1)
    throw new TypeError(
      `resume: this is no run state of version 1 (its version is ${JSON.stringify(version)}). Pass result.state, or what JSON.parse gives of it.`,
    );
  if (agent !== setup.name)
    throw new TypeError(
      `resume: the state is of agent "${agent}", this one is "${setup.name}". Resume it with the agent that began it.`,
    );
  if (
    !Array.isArray(messages) ||
    !Number.isInteger(start) ||
    typeof runId !== "string" ||
    typeof records !== "object"
  )
    throw new TypeError(
      "resume: the state is damaged: messages, start, runId or records are not what they were.",
    );
  for (const [index, each] of messages.entries()) checkMessage(each as Message, index);
}

function checkDecisions({ waiting }: RunState, decisions: readonly Decision[]): void {
  const seen = new Set<string>();
  for (const { callId, approve } of decisions) {
    const problem = !waiting.includes(callId)
      ? `no call "${callId}" waits for a decision (it may have been decided before). Waiting: ${waiting.join(", ") || "none"}.`
      : seen.has(callId)
        ? `there are two decisions on call "${callId}".`
        : typeof approve !== "boolean"
          ? `the decision on call "${callId}" needs "approve": true or false.`
          : undefined;
    if (problem) throw new TypeError(`resume: ${problem}`);
    seen.add(callId);
  }
}
