import { checkMessage } from "../check-message.ts";
import type { AgentEvent } from "../event.ts";
import type { Message, UserMessage } from "../message.ts";
import { Limit, type Running } from "../running.ts";
import type { Guarding } from "./guarded-model.ts";
import { askGuards, type CheckedInput } from "./guardrails.ts";

/** What is kept of the check: it is not made again when the run goes on. */
interface Checked {
  readonly blocked?: string;
  /** The messages that take the place of what was asked. */
  readonly messages?: readonly UserMessage[];
}

/** The loop of a run, with a step before it in which what the run is asked passes the guardrails, if there are any. */
export function withGuardedInput<Result>(
  it: Running,
  loop: AsyncGenerator<AgentEvent, Result>,
): AsyncGenerator<AgentEvent, Result> {
  const guarding = it.root.safeguards?.guarding;
  return guarding?.guards.input.length ? guarded(it, guarding, loop) : loop;
}

async function* guarded<Result>(
  it: Running,
  guarding: Guarding,
  loop: AsyncGenerator<AgentEvent, Result>,
): AsyncGenerator<AgentEvent, Result> {
  yield* guardInput(it, guarding);
  return yield* loop;
}

/** @throws Limit when what the run is asked is blocked. */
async function* guardInput(it: Running, guarding: Guarding): AsyncGenerator<AgentEvent, void> {
  const { conversation, steps } = it;
  if (conversation.stepsTaken > 0) return;
  const asked = conversation.asked;
  if (asked.length === 0) return;
  const { blocked, messages } = yield* steps.run("guardrail-input", () =>
    check(it, guarding, asked),
  );
  if (blocked !== undefined) throw new Limit("guardrail", blocked);
  if (messages) conversation.askInstead(messages);
}

// oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
async function* check(
  { context, scope }: Running,
  { guards, clean }: Guarding,
  asked: readonly UserMessage[],
): AsyncGenerator<AgentEvent, Checked> {
  const asking = { context, signal: scope.signal, clean, replaced };
  const passage = await scope.race(
    askGuards<CheckedInput, unknown>(guards.input, inputOf(asked), asking),
  );
  if (passage.blocked !== undefined) return { blocked: passage.blocked };
  return passage.isReplaced ? { messages: passage.checked.messages } : {};
}

function inputOf(messages: readonly UserMessage[]): CheckedInput {
  return { messages, text: messages.map(textOf).join("\n") };
}

function textOf({ content }: UserMessage): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function replaced(_: CheckedInput, value: unknown): CheckedInput {
  const messages = typeof value === "string" ? [{ role: "user", content: value } as const] : value;
  if (Array.isArray(messages) && messages.length > 0 && messages.every(isOfUser)) {
    for (const [index, each] of messages.entries())
      checkMessage(`a guardrail of the input must replace it by messages: message ${index}`, each);
    return inputOf(messages);
  }
  throw new TypeError(
    "a guardrail of the input must replace it by a text or by messages of the user's",
  );
}

function isOfUser(message: Message): message is UserMessage {
  return (Object(message) as Message).role === "user";
}
