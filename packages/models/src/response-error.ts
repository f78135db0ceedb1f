import { ModelError, type ModelErrorCode } from "@pawl/core";

import type { ReplyHead } from "./exchange.ts";
import { listOf, numberOf, objectOf, parseJson, textOf, type JsonObject } from "./json.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What is needed to say whose fault an answer is. */
export interface Asked {
  readonly model: string;
  readonly host: string;
  /** Takes the key out of a text: some servers repeat what they refuse. */
  readonly redact: (text: string) => string;
  /** What to do about a refused key. */
  readonly keyHint: string;
  /** What to do about an unknown model. */
  readonly modelHint: string;
}

/**
 * An answer that is no success, as a sentence with a way out. Reads AI/ML API's envelopes (problem+json, and the older one of
 * docs/errors-and-messages/general-info.md), OpenAI's `{ error }`, and none at all.
 */
export function responseError(head: ReplyHead, text: string, asked: Asked): ModelError {
  const body = asked.redact(text);
  const envelope = unwrap(parseJson(body));
  const { status } = head;
  const detail = detailOf(envelope) ?? plain(body);
  const code = codeOf(status, envelope, detail);
  const requestId =
    textOf(envelope["requestId"]) ??
    headerOf(head, "x-inference-id") ??
    headerOf(head, "x-request-id");
  const told = headerOf(head, "x-should-retry");
  return new ModelError(sentence({ code, status, detail, requestId }, asked), {
    code,
    status,
    requestId,
    retryable: told === "true" || (told !== "false" && mayPass(code)),
    retryAfterMs: retryAfterMs(head.headers),
  });
}

/** An error that came inside an answer that had begun as a success; its own code says whether it may pass. */
export function embeddedError(error: unknown, asked: Asked): ModelError {
  const envelope = unwrap({ error });
  const detail = asked.redact(detailOf(envelope) ?? "no reason given");
  const inner = objectOf(envelope["error"]);
  const status = statusOf(inner?.["code"]) ?? statusOf(inner?.["status"]);
  const code = codeOf(status ?? 502, envelope, detail);
  return new ModelError(sentence({ code, status, detail, requestId: undefined }, asked), {
    code,
    status,
    retryable: mayPass(code),
  });
}

/** Some vendors count their errors by numbers of their own, which are no statuses. */
function statusOf(code: unknown): number | undefined {
  const status = numberOf(code);
  return status !== undefined && status >= 400 && status < 600 ? status : undefined;
}

/** A header's value, the first of several. */
export function headerOf({ headers }: ReplyHead, name: string): string | undefined {
  const value = headers[name];
  return textOf(typeof value === "object" ? value[0] : value);
}

/** Some gateways put the envelope into a list of one. */
function unwrap(value: unknown): JsonObject {
  return objectOf(Array.isArray(value) ? value[0] : value) ?? {};
}

function detailOf(envelope: JsonObject): string | undefined {
  const inner = envelope["error"];
  const nested = objectOf(inner);
  const issues = listOf(objectOf(nested?.["data"])?.["issues"])
    .flatMap(issueLine)
    .slice(0, 3)
    .join("; ");
  const said = [nested?.["message"], inner, envelope["message"], envelope["title"]]
    .map(words)
    .find(Boolean);
  return [said, issues].filter(Boolean).join(" – ") || undefined;
}

/** A message may be a text or a list of texts. */
function words(value: unknown): string | undefined {
  return textOf(
    Array.isArray(value) ? value.filter((each) => typeof each === "string").join("; ") : value,
  );
}

function issueLine(issue: unknown): string[] {
  const { path, message } = objectOf(issue) ?? {};
  const where = listOf(path)
    .map((part) => textOf(part) ?? numberOf(part) ?? "?")
    .join(".");
  const said = textOf(message);
  return said ? [where ? `${where}: ${said}` : said] : [];
}

/** A page of HTML says nothing to a person in a terminal; of other text the beginning does. */
function plain(body: string): string {
  const text = body.trim();
  if (text === "") return "no reason given";
  return /^<(!doctype|html)/i.test(text)
    ? "an HTML page in place of an answer"
    : text.slice(0, 200);
}

function codeOf(status: number, envelope: JsonObject, detail: string): ModelErrorCode {
  if (isBilling(status, envelope)) return "billing";
  // An upstream's refusal passed on as a failure of the gateway: `500 {"message": "400 {…}"}`.
  if (status >= 500 && /^4(?!08|29)\d\d\b/.test(detail)) return "invalid-request";
  const known = codes.get(status);
  return known ?? (status < 500 ? "invalid-request" : "server");
}

const codes: ReadonlyMap<number, ModelErrorCode> = new Map([
  [401, "auth"],
  [403, "auth"],
  [404, "not-found"],
  [408, "server"],
  [429, "rate-limit"],
  [504, "timeout"],
]);

/** Out of money is a 403 at AI/ML API and a 429 elsewhere; waiting mends neither. */
function isBilling(status: number, envelope: JsonObject): boolean {
  const { data, name, code, type } = objectOf(envelope["error"]) ?? {};
  const kinds = [objectOf(data)?.["kind"], name, code, type].map((kind) => textOf(kind) ?? "");
  return (
    status === 402 ||
    kinds.some((kind) => /err_insufficent_credits|OutOfFunds|insufficient_quota/.test(kind))
  );
}

function mayPass(code: ModelErrorCode): boolean {
  return code === "rate-limit" || code === "server" || code === "timeout";
}

/** A sentence is for people: some gateways pass on pages. */
const maxDetail = 1_000;

interface Facts {
  readonly code: ModelErrorCode;
  readonly status: number | undefined;
  readonly detail: string;
  readonly requestId: string | undefined;
}

function sentence(
  { code, status, detail, requestId }: Facts,
  { model, host, keyHint, modelHint }: Asked,
): string {
  const leads: Partial<Record<ModelErrorCode, string>> = {
    auth: `${host} refused the key`,
    billing: `The account at ${host} is out of funds`,
    "not-found": `${host} does not serve the model "${model}"`,
    "rate-limit": `${host} is asked too often`,
    "invalid-request": `${host} refused the request`,
  };
  const hints: Partial<Record<ModelErrorCode, string>> = {
    auth: ` ${keyHint}`,
    billing: " Top it up and resume the run.",
    "not-found": ` ${modelHint}`,
  };
  const facts = [status && `status ${status}`, requestId && `request ${requestId}`]
    .filter(Boolean)
    .join(", ");
  const lead = leads[code] ?? `${host} failed`;
  const said = detail
    .slice(0, maxDetail)
    .replace(/\s+/g, " ")
    .replace(/[.…\s]+$/, "");
  return `${lead}${facts && ` (${facts})`}: ${said}.${hints[code] ?? ""}`;
}
