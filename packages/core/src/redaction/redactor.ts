import { ModelError } from "../errors.ts";
import type { AssistantMessage, Citation, Message, ToolCall } from "../message.ts";
import type { Decision } from "../result.ts";
import {
  foundTools,
  type FoundTools,
  isFound,
  searchToolsName,
} from "../tool-search/found-tools.ts";
import { isSignal } from "../wrapping/inner-calls.ts";
import { RedactedStream } from "./redacted-stream.ts";
import { redactedValue } from "./redacted-value.ts";
import { marker, Secrets, type Span } from "./secrets.ts";

/** The fields of messages, events and decisions that name a call or a tool. */
const names: ReadonlySet<string> = new Set(["id", "callId", "name", "toolName"]);

/** Takes the secrets out of whatever it is given; what has none in it is given back as it is. */
export class Redactor {
  readonly #secrets: Secrets;
  /** A message that is sent again and again is looked at once. */
  readonly #messages = new WeakMap<Message, Message>();
  readonly #searched = new Set<string>();

  /** @throws TypeError when a secret is neither a text of at least 4 characters nor a pattern. */
  constructor(secrets: readonly (string | RegExp)[]) {
    this.#secrets = new Secrets(secrets);
  }

  /** Tools that a search may find: to be called, their names must be read in what it gives. */
  know(toolNames: Iterable<string>): void {
    for (const each of toolNames) this.#searched.add(each);
  }

  /** A text with a marker in place of each secret. */
  text(text: string): string {
    return replaced(text, this.#secrets.scan(text, false).spans);
  }

  /** A value with every text in it redacted, keys too; copied only where something changed. */
  value<Value>(value: Value): Value {
    return isFound(value) ? (this.#found(value) as Value) : redactedValue(value, this);
  }

  /** A number that is a secret, or a part of one, becomes the marker. */
  number(value: number | bigint): number | bigint | string {
    if (!this.#secrets.isNumeric) return value;
    return this.#secrets.scan(String(value), false).spans.length > 0 ? marker : value;
  }

  /** Something thrown, redacted; the loop's own signals pass as they are. */
  thrown(thrown: unknown): unknown {
    if (isSignal(thrown)) return thrown;
    if (!(thrown instanceof ModelError) || !thrown.partial) return this.value(thrown);
    const { content, reasoning } = thrown.partial;
    const partial = { ...thrown.partial, content: this.#broken(content) };
    const whole =
      reasoning === undefined ? partial : { ...partial, reasoning: this.#broken(reasoning) };
    return this.value(thrown.with({ partial: whole }));
  }

  /** An event; its kind and its counts stay. */
  event<Event extends { readonly type: string }>(event: Event): Event {
    return this.#fields(event, ["type", "step", "attempt", "delayMs", "durationMs", "usage"]);
  }

  /** A person's word on a call. */
  decision(decision: Decision): Decision {
    return this.#fields(decision, ["approve"]);
  }

  /** What is kept of a step. */
  record<Kept>(kept: Kept): Kept {
    if (typeof kept !== "object" || kept === null) return this.value(kept);
    const isMessage = "role" in kept && "content" in kept;
    if (isMessage) return this.message(kept as Kept & Message);
    const { output, text } = kept as { readonly output?: unknown; readonly text?: unknown };
    if (!isFound(output) || typeof text !== "string") return this.#fields(kept, ["usage"]);
    return { ...this.#fields(kept, ["usage", "text"]), text: this.#listing(text, () => true) };
  }

  /** The same for a text that arrives in pieces. */
  stream(): RedactedStream {
    return new RedactedStream(this.#secrets);
  }

  /** A message as it may be kept, shown and sent. */
  message<Said extends Message>(message: Said): Said {
    const known = this.#messages.get(message);
    if (known) return known as Said;
    const redacted = this.#messageOf(message);
    this.#messages.set(message, redacted);
    this.#messages.set(redacted, redacted);
    return redacted as Said;
  }

  /** A list of messages; the same list when there is nothing to redact. */
  messages(messages: readonly Message[]): readonly Message[] {
    const redacted = messages.map((each) => this.message(each));
    return redacted.every((each, index) => each === messages[index]) ? messages : redacted;
  }

  /** A text that broke off may end with a part of a secret, which would say much of it. */
  #broken(text: string): string {
    const from = this.#secrets.brokenFrom(text);
    return from === text.length ? text : this.text(text.slice(0, from)) + marker;
  }

  #messageOf(message: Message): Message {
    if (message.role === "assistant") return this.#answerOf(message);
    if (message.role === "tool" && message.toolName === searchToolsName) {
      const plain = this.#fields(message, ["role", "usage", "content"]);
      const content = this.#listing(message.content, (name) => this.#searched.has(name));
      return content === message.content ? plain : { ...plain, content };
    }
    if (message.role !== "user" || typeof message.content === "string")
      return this.#fields(message, ["role", "usage"]);
    const content = message.content.map((part) => {
      if (part.type === "text") return this.#fields(part, ["type"]);
      // The bytes of a picture are no words: a pattern would only find what is not there.
      const bytes = part.type === "image" ? "image" : "data";
      const isAddress = String(Object(part)[bytes]).startsWith("http");
      return this.#fields(part, isAddress ? ["type"] : ["type", bytes]);
    });
    const isSame = content.every((each, index) => each === message.content[index]);
    return isSame ? message : { ...message, content };
  }

  #answerOf(answer: AssistantMessage): AssistantMessage {
    const { content, toolCalls, citations } = answer;
    const plain = this.#fields(answer, ["role", "finishReason", "usage", "toolCalls", "citations"]);
    const calls = toolCalls?.map((call) => this.#callOf(call));
    const isSame = calls?.every((each, index) => each === toolCalls?.[index]) ?? true;
    const { spans } = this.#secrets.scan(content, false);
    const cited = citations?.map((each) => this.#citationOf(each, content, spans));
    const isCitedAlike = cited?.every((each, index) => each === citations?.[index]) ?? true;
    if (isSame && isCitedAlike) return plain;
    return { ...plain, ...(calls && { toolCalls: calls }), ...(cited && { citations: cited }) };
  }

  #callOf(call: ToolCall): ToolCall {
    const plain = this.#fields(call, ["repairs", "invalid"]);
    const invalid = call.invalid && this.#fields(call.invalid, []);
    return invalid === call.invalid ? plain : { ...plain, invalid };
  }

  /** A citation of what became a marker is one of the whole marker. */
  #citationOf(citation: Citation, content: string, spans: readonly Span[]): Citation {
    const plain = this.#fields(citation, ["start", "end", "sources"]);
    const sources = citation.sources.map((each) => this.value(each));
    const isSame = sources.every((each, index) => each === citation.sources[index]);
    if (spans.length === 0) return isSame ? plain : { ...plain, sources };
    const start = moved(citation.start, spans, "start");
    const end = moved(citation.end, spans, "end");
    const isExact = content.slice(citation.start, citation.end) === citation.text;
    const text = isExact ? replaced(content, spans).slice(start, end) : plain.text;
    return { ...plain, start, end, text, sources };
  }

  #found(found: FoundTools): FoundTools {
    const tools = found.tools.map((each) => this.#fields(each, []));
    const isSame = tools.every((each, index) => each === found.tools[index]);
    return isSame ? found : foundTools({ ...found, tools });
  }

  /** The text of what a search gave. */
  #listing(text: string, isTool: (name: string) => boolean): string {
    let result = "";
    let at = 0;
    for (const { 0: name, index } of text.matchAll(/(?<=\{"name":")[\w-]{1,64}(?=")/g)) {
      if (!isTool(name)) continue;
      result += this.text(text.slice(at, index)) + this.#name(name);
      at = index + name.length;
    }
    return result + this.text(text.slice(at));
  }

  /** What calls are found by: ids look like keys to many a pattern, so only texts are looked for. */
  #name(name: string): string {
    return replaced(name, this.#secrets.valuesIn(name));
  }

  /** An object of a known form: its keys stay, and so does what is in `kept`. */
  #fields<Of extends object>(given: Of, kept: readonly string[]): Of {
    let changed: Record<string, unknown> | undefined;
    for (const [key, value] of Object.entries(given) as [string, unknown][]) {
      if (kept.includes(key)) continue;
      const isName = names.has(key) && typeof value === "string";
      const redacted = isName ? this.#name(value) : this.value(value);
      if (redacted !== value) (changed ??= {})[key] = redacted;
    }
    return changed ? { ...given, ...changed } : given;
  }
}

function replaced(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let result = "";
  let at = 0;
  for (const [start, end] of spans) {
    result += text.slice(at, start) + marker;
    at = end;
  }
  return result + text.slice(at);
}

/** Where a place in a text is after the spans have become markers; a place inside one is moved to its edge. */
function moved(place: number, spans: readonly Span[], edge: "start" | "end"): number {
  let shift = 0;
  for (const [start, end] of spans) {
    const isInside = start < place && place < end;
    if (isInside) return start + shift + (edge === "start" ? 0 : marker.length);
    if (place <= start) break;
    shift += marker.length - (end - start);
  }
  return place + shift;
}
