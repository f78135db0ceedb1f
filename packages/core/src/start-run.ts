import type { AgentSetup } from "./agent-setup.ts";
import { Exceeded, type Budget } from "./budget/budget.ts";
import type { ViewState } from "./context/view-state.ts";
import { View } from "./context/view.ts";
import type { Conversation } from "./conversation.ts";
import { recall } from "./progress/deeds.ts";
import { speakers } from "./handoff/hand-over.ts";
import { Progress } from "./progress/no-progress.ts";
import type { KeptSteps, Running } from "./running.ts";
import { Scope } from "./scope.ts";
import type { Session } from "./session/session.ts";
import type { Steps } from "./steps.ts";

/** What makes a run another one than the agent's other runs. */
export interface RunParts {
  readonly id: string;
  /** The agent that the run was handed to last. */
  readonly agent?: AgentSetup | undefined;
  readonly context: unknown;
  readonly isWatched: boolean;
  readonly maxSteps?: number | undefined;
  readonly conversation: Conversation;
  /** What the model sees of the conversation, of a run that goes on. */
  readonly view?: ViewState | undefined;
  readonly steps: Steps;
  readonly signal: AbortSignal | undefined;
  readonly budget: Budget;
  readonly session?: Session | undefined;
  readonly mayRetry: () => boolean;
  readonly kept: (open: ReadonlySet<string>) => KeptSteps;
}

/** A run of an agent, not begun yet. @throws TypeError when two agents that it can be handed to have one name. */
export function startRun(root: AgentSetup, parts: RunParts): Running {
  const { agent = root, budget, maxSteps = root.maxSteps, signal, view, ...rest } = parts;
  speakers(root);
  const ms = budget.msLeft;
  const deadline = ms === undefined ? undefined : { ms, reason: new Exceeded("ms", budget) };
  const scope = new Scope(signal, deadline);
  const redactor = root.safeguards?.redactor;
  if (redactor) rest.conversation.cleanWith((message) => redactor.message(message));
  const progress = new Progress(root.maxRepeats);
  recall(progress, agent, rest.conversation);
  return {
    ...rest,
    root,
    agent: root.safeguards?.heir(agent) ?? agent,
    budget,
    maxSteps,
    scope,
    stepScope: scope,
    stepResults: [],
    view: new View(view),
    progress,
    instructions: new Map(),
  };
}
