import { wordsOf } from "../errors.ts";
import type { Message, UserMessage } from "../message.ts";
import type { ResponseFormat } from "../model.ts";
import { isThenable } from "../thenable.ts";
import { type Parsed, type Schema, type SchemaSource, toSchema } from "../schema.ts";
import { closed } from "./closed.ts";
import { enveloped } from "./enveloped.ts";
import { jsonIn } from "./json-in.ts";

/** The form that an agent's last answer has to have: how it is asked for, and how an answer is read. */
export class OutputForm {
  readonly format: ResponseFormat;
  readonly #schema: Schema;
  readonly #isEnveloped: boolean;
  /** The order to give the answer in the form: the end of each message that asks for it, and what these are known by. */
  readonly #order: string;

  /** @throws TypeError when the source is no schema, or cannot be written as JSON Schema. */
  constructor(where: string, source: SchemaSource) {
    try {
      checkSource(source);
      this.#schema = toSchema(source);
    } catch (cause) {
      throw new TypeError(`${where}: "output": ${wordsOf(cause)}`, { cause });
    }
    // What such a schema does not name, it drops: nothing is lost when the model may not write it.
    const json = "~standard" in Object(source) ? closed(this.#schema.json) : this.#schema.json;
    this.#isEnveloped = json["type"] !== "object";
    const schema = this.#isEnveloped ? enveloped(json) : json;
    this.format = { schema, name: "answer" };
    // Said in words too, since gateways drop the form without a word (vercel/ai#12608); but never a book of it.
    const hint = JSON.stringify(schema);
    const fit = hint.length <= 2000 ? ` It must fit this JSON Schema: ${hint}` : "";
    this.#order = `Give your answer as JSON and nothing else: no Markdown, no words around it.${fit}`;
  }

  /** What asks the model for the form; after an answer that does not fit with what is wrong with it. */
  request(issues: readonly string[] = []): UserMessage {
    const problems = boundedIssues(issues).join("; ");
    const why = problems && `Your answer cannot be used: ${problems}. `;
    return { role: "user", content: why + this.#order };
  }

  /** Whether a message is one that {@link OutputForm.request} makes, or one that it makes of issues. */
  isRequest(message: Message | undefined, kind?: "mend"): boolean {
    if (message?.role !== "user" || typeof message.content !== "string") return false;
    const { content } = message;
    return content.endsWith(this.#order) && !(kind && content.length === this.#order.length);
  }

  /** Checks an answer. One that was not asked for in this form has to be JSON from its first letter to its last. */
  read(text: string, isAsked: boolean): Parsed | Promise<Parsed> {
    const found = jsonIn(text, isAsked);
    if (found.issues) return found;
    return this.#schema.parse(isAsked ? this.opened(found.value) : found.value);
  }

  /** What can be shown of an answer that is still arriving; undefined while it is nothing. */
  shown(value: unknown): unknown {
    const isEmpty = this.#isEnveloped && isRecord(value) && Object.keys(value).length === 0;
    return isEmpty ? undefined : this.opened(value);
  }

  /** What is in the envelope, if it was asked for. A model may forget it: then the value itself. */
  opened(value: unknown): unknown {
    return this.#isEnveloped && isRecord(value) && "value" in value ? value["value"] : value;
  }
}

/** What is no schema at all may pass for a JSON Schema that allows everything. */
function checkSource(source: unknown): void {
  if (typeof source !== "object" || source === null) return;
  if ("~standard" in source || ("json" in source && typeof source.json === "object")) return;
  const prototype: unknown = Object.getPrototypeOf(source);
  const isPlain = prototype === Object.prototype || prototype === null;
  if (isPlain && !Object.values(source).some((each) => typeof each === "function")) return;
  const hint = isThenable(source) ? " It is a promise: await it first." : "";
  throw new TypeError(`it must be a zod schema, a Standard Schema or a JSON Schema object.${hint}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first ten problems, none longer than two lines: one who meets them reads them, and a model pays for them. */
export function boundedIssues(issues: readonly string[]): readonly string[] {
  return issues
    .slice(0, 10)
    .map((each) => (each.length <= 200 ? each : `${each.slice(0, 199).toWellFormed()}…`));
}
