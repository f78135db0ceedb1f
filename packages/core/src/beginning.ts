import type { AgentSetup } from "./agent-setup.ts";
import { Budget } from "./budget/budget.ts";
import { type BudgetLimits, readBudget } from "./budget/budget-limits.ts";
import { checkMessage } from "./check-message.ts";
import { checkDecisions, checkState } from "./check-state.ts";
import type { ViewState } from "./context/view-state.ts";
import { Conversation, mend } from "./conversation.ts";
import { checkCount } from "./count.ts";
import type { AgentEvent } from "./event.ts";
import { speakerNamed } from "./handoff/hand-over.ts";
import { life } from "./life.ts";
import { MemorySteps } from "./memory-steps.ts";
import type { Message, UserMessage } from "./message.ts";
import { checkOptions } from "./options.ts";
import type { Decision, RunResult, RunState, ToolSuccess } from "./result.ts";
import { retries } from "./running.ts";
import { checkSession } from "./session/check-session.ts";
import type { Session } from "./session/session.ts";
import { startRun } from "./start-run.ts";
import type { UsedApprovals } from "./calls/used-approvals.ts";
import { shown } from "./shown.ts";

/** What an agent is asked: a text of the user's, or a conversation. */
export type Input = string | readonly Message[];

/** A run that is ready to be read. */
export interface Beginning<Success extends ToolSuccess = ToolSuccess, Output = unknown> {
  readonly run: { readonly runId: string };
  readonly events: AsyncGenerator<AgentEvent<Success, Output>, RunResult<Success, Output>>;
  leave(): void;
  steer(message: UserMessage): void;
}

/** Who runs, and whether anybody sees the events. */
export interface Beginner {
  readonly setup: AgentSetup;
  readonly isWatched: boolean;
  readonly approvals: UsedApprovals;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly context?: unknown;
  readonly runId?: string | undefined;
  readonly maxSteps?: number | undefined;
  readonly budget?: BudgetLimits | undefined;
  readonly session?: Session | undefined;
  readonly decisions?: readonly Decision[] | undefined;
}

const sharedOptions = ["signal", "context", "maxSteps", "budget", "session"];

/** @throws TypeError for wrong input or options. */
export function begin(by: Beginner, input: Input, options: Options = {}): Beginning {
  checkRunOptions("run", options, [...sharedOptions, "runId"]);
  const { runId = crypto.randomUUID() } = options;
  if (typeof runId !== "string" || !/^[\w.:-]{1,100}$/.test(runId))
    throw new TypeError(
      `run: "runId" must be 1 to 100 letters, digits, ".", "_", ":" or "-", got ${shown(runId)}.`,
    );
  return prepare(by, {
    ...options,
    runId,
    conversation: new Conversation(messagesOf(input)),
    steps: new MemorySteps(),
    account: new Budget({ limits: readBudget("run", options.budget) }),
  });
}

/** @throws TypeError for a state that is not this agent's, and for a decision on a call that waits for none. */
export function resumeFrom(by: Beginner, state: RunState, options: Options = {}): Beginning {
  checkRunOptions("resume", options, [...sharedOptions, "decisions"]);
  const { setup, approvals } = by;
  checkState(setup, state);
  const { budget, decisions = [] } = options;
  checkDecisions(state, decisions, approvals);
  const { records, runId, speaker = setup.name, spent, start, steering, view } = state;
  const claim = (callId: string): boolean => approvals.use(runId, callId);
  const giveBack = (callId: string): void => approvals.giveBack(runId, callId);
  const told = decisions.map((each) => setup.safeguards?.redactor?.decision(each) ?? each);
  const limits = { ...state.budget, ...readBudget("resume", budget) };
  return prepare(by, {
    ...options,
    runId,
    agent: speakerNamed(setup, speaker),
    conversation: new Conversation(state.messages, start, state.inputStart),
    steps: new MemorySteps({ records, steering, decisions: told, claim, giveBack }),
    view,
    account: new Budget({ limits, spent }),
  });
}

interface Parts extends Options {
  readonly runId: string;
  readonly agent?: AgentSetup | undefined;
  readonly conversation: Conversation;
  readonly view?: ViewState | undefined;
  readonly steps: MemorySteps;
  readonly account: Budget;
}

function prepare({ setup, isWatched }: Beginner, parts: Parts): Beginning {
  const { account: budget, agent, context, conversation, maxSteps, runId, signal, steps } = parts;
  const { session, view } = parts;
  const it = startRun(setup, {
    id: runId,
    agent,
    context,
    isWatched,
    maxSteps,
    conversation,
    steps,
    signal,
    budget,
    session,
    view,
    mayRetry: retries(setup.retryBudget),
    kept: (open) => steps.kept(open),
  });
  return {
    run: { runId },
    events: life(it),
    leave: () => it.scope.abort(new Error("The stream's reader left before the end.")),
    steer: (message) => steps.steer(setup.safeguards?.redactor?.message(message) ?? message),
  };
}

function checkRunOptions(where: string, options: Options, known: readonly string[]): void {
  checkOptions(where, options, known);
  const { signal, maxSteps, session } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(
      `${where}: "signal" must be an AbortSignal, such as new AbortController().signal.`,
    );
  if (maxSteps !== undefined) checkCount(where, ["maxSteps", maxSteps]);
  if (session !== undefined) checkSession(where, session);
}

function messagesOf(input: Input): readonly Message[] {
  if (typeof input === "string" && input.trim() !== "") return [{ role: "user", content: input }];
  if (Array.isArray(input) && input.length > 0) {
    for (const [index, each] of input.entries()) checkMessage(`run: message ${index}`, each);
    const messages = mend(input);
    if (messages.length > 0) return messages;
    throw new TypeError(
      "run: the messages are only tool results, and the calls that they answer are missing.",
    );
  }
  throw new TypeError(
    "run: the input must be a text that is not empty, or a list of at least one message.",
  );
}
