import { type AgentSetup, checkCount } from "./agent-options.ts";
import { Conversation, mend } from "./conversation.ts";
import type { AgentEvent } from "./event.ts";
import { life } from "./life.ts";
import { MemorySteps } from "./memory-steps.ts";
import type { AssistantMessage, Message, ToolCall, ToolMessage } from "./message.ts";
import { checkOptions } from "./options.ts";
import type { Decision, RunResult, RunState, ToolSuccess } from "./result.ts";
import { retries } from "./running.ts";
import { Scope } from "./scope.ts";

/** What an agent is asked: a text of the user's, or a conversation. */
export type Input = string | readonly Message[];

/** A run that is ready to be read. */
export interface Beginning<Success extends ToolSuccess = ToolSuccess> {
  readonly run: { readonly runId: string };
  readonly events: AsyncGenerator<AgentEvent<Success>, RunResult<Success>>;
  leave(): void;
}

/** An agent's setup, and whether anybody sees the events of the run. */
export interface WatchedSetup extends AgentSetup {
  readonly isWatched: boolean;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly context?: unknown;
  readonly runId?: string | undefined;
  readonly maxSteps?: number | undefined;
  readonly decisions?: readonly Decision[] | undefined;
}

/** @throws TypeError for wrong input or options. */
export function begin(setup: WatchedSetup, input: Input, options: Options = {}): Beginning {
  checkRunOptions("run", options, ["signal", "context", "runId", "maxSteps"]);
  const { runId = crypto.randomUUID() } = options;
  if (typeof runId !== "string" || !/^[\w.:-]{1,100}$/.test(runId))
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
export function resumeFrom(setup: WatchedSetup, state: RunState, options: Options = {}): Beginning {
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

function prepare(
  setup: WatchedSetup,
  { runId, conversation, steps, ...options }: Parts,
): Beginning {
  const scope = new Scope(options.signal);
  const { context, maxSteps = setup.maxSteps } = options;
  const own = { id: runId, context, maxSteps, conversation, steps, scope, stepResults: [] };
  const mayRetry = retries(setup.retryBudget);
  const running = { ...setup, ...own, mayRetry, records: () => steps.records };
  return {
    run: { runId },
    events: life(running),
    leave: () => scope.abort(new Error("The stream's reader left before the end.")),
  };
}

function checkRunOptions(where: string, options: Options, known: readonly string[]): void {
  checkOptions(where, options, known);
  const { signal, maxSteps } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(
      `${where}: "signal" must be an AbortSignal, such as new AbortController().signal.`,
    );
  if (maxSteps !== undefined) checkCount(where, ["maxSteps", maxSteps]);
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

function checkMessage(where: string, message: Message): void {
  const { role, content, callId, toolCalls } = Object(message) as Partial<
    AssistantMessage & Omit<ToolMessage, "role">
  >;
  const problem = !["system", "user", "assistant", "tool"].includes(String(role))
    ? 'needs a "role" of "system", "user", "assistant" or "tool".'
    : !isContent(String(role), content)
      ? 'needs a "content" that is a string; a user\'s may also be a list of text, image and file parts.'
      : String(role) === "tool" && typeof callId !== "string"
        ? 'needs the "callId" of the call that it answers.'
        : toolCalls !== undefined && !(Array.isArray(toolCalls) && toolCalls.every(isCall))
          ? 'needs "toolCalls" that are a list of { id, name, input }.'
          : undefined;
  if (problem) throw new TypeError(`${where} ${problem}`);
}

function isContent(role: string, content: unknown): boolean {
  if (role !== "user" || !Array.isArray(content)) return typeof content === "string";
  return content.length > 0 && content.every(isPart);
}

const details: readonly unknown[] = [undefined, "low", "high", "auto"];

function isPart(part: unknown): boolean {
  const { type, text, image, data, mediaType, detail, filename } = Object(part) as Record<
    string,
    unknown
  >;
  if (type === "text") return typeof text === "string";
  if (type === "image")
    return (
      isFilled(image) &&
      (mediaType === undefined || isFilled(mediaType)) &&
      details.includes(detail)
    );
  const isNamed = filename === undefined || isFilled(filename);
  return type === "file" && isFilled(data) && isFilled(mediaType) && isNamed;
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isCall(call: unknown): boolean {
  const { id, name, input } = Object(call) as Partial<ToolCall>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    typeof input === "object" &&
    input !== null
  );
}

function checkState(setup: AgentSetup, state: RunState): void {
  const { version, agent, messages, start, runId, records, waiting } = Object(state) as RunState;
  if (version !== 1)
    throw new TypeError(
      `resume: this is no run state of version 1 (its version is ${JSON.stringify(version)}). Pass result.state, or what JSON.parse gives of it.`,
    );
  if (agent !== setup.name)
    throw new TypeError(
      `resume: the state is of agent "${agent}", this one is "${setup.name}". Resume it with the agent that began it.`,
    );
  const isWhole =
    Array.isArray(messages) &&
    Array.isArray(waiting) &&
    Number.isInteger(start) &&
    start >= 0 &&
    start <= messages.length &&
    typeof runId === "string" &&
    typeof records === "object" &&
    records !== null;
  if (!isWhole)
    throw new TypeError(
      "resume: the state is damaged: messages, start, waiting, runId or records are not what they were.",
    );
  for (const [index, each] of messages.entries())
    checkMessage(`resume: the state is damaged: message ${index}`, each);
}

function checkDecisions({ waiting }: RunState, decisions: readonly Decision[]): void {
  if (!Array.isArray(decisions))
    throw new TypeError('resume: "decisions" must be a list of { callId, approve }.');
  const seen = new Set<string>();
  for (const each of decisions as readonly Decision[]) {
    const { callId, approve } = Object(each) as Decision;
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
