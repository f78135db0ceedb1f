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
 * docs/errors-and-messages/general-info.md), OpenAI's `{ error }`, Cohere's `{ message, id }`, and none at all.
 */
export function responseError(head: ReplyHead, text: string, asked: Asked): ModelError {
  const envelope = unwrap(parseJson(text));
  const { status } = head;
  const detail = detailOf(envelope) ?? plain(text, asked);
  // A page comes from what stands before the API, and says nothing of the key (anomalyco/opencode#41320).
  const isBlocked = status === 403 && isPage(text);
  const code = isBlocked ? "network" : codeOf(status, envelope, detail);
  const requestId = nameIn(
    [
      envelope["requestId"],
      envelope["id"],
      headerOf(head, "x-inference-id"),
      headerOf(head, "x-request-id"),
    ],
    asked,
  );
  const told = headerOf(head, "x-should-retry");
  return new ModelError(sentence({ code, status, detail, requestId }, asked), {
    code,
    status,
    requestId,
    retryable: told === "true" || (told !== "false" && mayPass(code)),
    retryAfterMs: retryAfterMs(head.headers),
  });
}

/**
 * An error that came inside an answer that had begun as a success; its own code says whether it may pass. The `envelope` is
 * what it was a field of.
 */
export function embeddedError(error: unknown, asked: Asked, envelope: JsonObject = {}): ModelError {
  const whole = { ...envelope, error };
  const detail = detailOf(whole) ?? "no reason given";
  const [status] = statusesIn(whole);
  const requestId = nameIn([envelope["requestId"]], asked);
  // Groq's word for a call that its own model wrote badly, and may write well the next time (groq/groq-typescript#28).
  const isMalformed = objectOf(error)?.["code"] === "tool_use_failed";
  const code = isMalformed ? "protocol" : codeOf(status ?? 502, whole, detail);
  return new ModelError(sentence({ code, status, detail, requestId }, asked), {
    code,
    status,
    requestId,
    retryable: isMalformed || mayPass(code),
  });
}

/** @throws ModelError for what stands where an answer tells of an error, unless it tells of none. */
export function checkError(error: unknown, asked: Asked): void {
  const isNone = !error || (objectOf(error) && Object.keys(error).length === 0);
  if (!isNone) throw embeddedError(error, asked);
}

/**
 * @throws ModelError for an object that is an error in place of a part of an answer, told by the status that it states
 * (RFC 9457 §3.1.2): its `error` alone may not say what is wrong.
 */
export function checkStatus(said: JsonObject, asked: Asked): void {
  const { status, statusCode } = said;
  if (status === undefined && statusCode === undefined) return;
  const isError = (statusOf(status) ?? statusOf(statusCode)) !== undefined;
  const isAnswer = Array.isArray(said["choices"]) || objectOf(said["message"]) !== undefined;
  if (isError && !isAnswer) throw embeddedError(said["error"], asked, said);
}

/** What an error calls itself, for its provider's support desk; a header may be echoed there too. */
function nameIn(names: readonly unknown[], { redact }: Asked): string | undefined {
  const name = names.map(textOf).find(Boolean);
  return name === undefined ? undefined : redact(name);
}

/** The statuses that an envelope states, the innermost first. */
function statusesIn(envelope: JsonObject): readonly number[] {
  return [objectOf(envelope["error"]), envelope].flatMap((each) =>
    [each?.["code"], each?.["status"], each?.["statusCode"], each?.["status_code"]].flatMap(
      (value) => statusOf(value) ?? [],
    ),
  );
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
function plain(body: string, { redact }: Asked): string {
  const text = body.trim();
  if (text === "") return "no reason given";
  // Half of a secret is not known for one, so nothing is cut before they are out.
  return isPage(text) ? "an HTML page in place of an answer" : redact(text).slice(0, 200);
}

function isPage(body: string): boolean {
  return /^\s*<(!doctype|html)/i.test(body);
}

function codeOf(status: number, envelope: JsonObject, detail: string): ModelErrorCode {
  if (isBilling(status, envelope)) return "billing";
  if (status >= 500 && isRefusal(envelope, detail)) return "invalid-request";
  const known = codes.get(status);
  return known ?? (status < 500 ? "invalid-request" : "server");
}

/**
 * Whether an upstream's refusal is passed on as a failure of the gateway, as a status or in words: `500 {"message": "400 {…}"}`
 * (Kilo-Org/kilocode#6476).
 */
function isRefusal(envelope: JsonObject, detail: string): boolean {
  const start = detail.search(/[[{]/);
  const inner = start < 0 ? {} : unwrap(parseJson(detail.slice(start)));
  const said = /^4\d\d\b/.exec(detail)?.[0];
  const statuses = [said, ...statusesIn(envelope), ...statusesIn(inner)].map(Number);
  return statuses.some((status) => status >= 400 && status < 500 && !passing.has(status));
}

/** Refusals of what may be taken the next time. */
const passing: ReadonlySet<number> = new Set([408, 409, 429]);

const codes: ReadonlyMap<number, ModelErrorCode> = new Map([
  [401, "auth"],
  [403, "auth"],
  [404, "not-found"],
  [408, "server"],
  [409, "server"],
  [429, "rate-limit"],
  // Cohere's word for a request that was called off; whoever reads it has not done so (docs.cohere.com/reference/errors).
  [499, "server"],
  [501, "invalid-request"],
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

/** A sentence is for people: some gateways pass on pages. What is looked at for secrets is more, since they are cut out whole. */
const maxDetail = { looked: 65_536, shown: 1_000 };

interface Facts {
  readonly code: ModelErrorCode;
  readonly status: number | undefined;
  readonly detail: string;
  readonly requestId: string | undefined;
}

function sentence(
  { code, status, detail, requestId }: Facts,
  { model, host, keyHint, modelHint, redact }: Asked,
): string {
  const leads: Partial<Record<ModelErrorCode, string>> = {
    auth: `${host} refused the key`,
    billing: `The account at ${host} is out of funds`,
    "not-found": `${host} does not serve the model "${model}"`,
    "rate-limit": `${host} is asked too often`,
    network: `Something in front of ${host} blocked the request`,
    "invalid-request": `${host} refused the request`,
    protocol: `${host} could not read the call that its model wrote`,
  };
  const hints: Partial<Record<ModelErrorCode, string>> = {
    auth: ` ${keyHint}`,
    billing: " Top it up and resume the run.",
    "not-found": ` ${modelHint}`,
    network: " Try without the proxy or VPN, or from another network.",
  };
  const facts = [status && `status ${status}`, requestId && `request ${requestId}`]
    .filter(Boolean)
    .join(", ");
  const lead = leads[code] ?? `${host} failed`;
  const said = redact(detail.slice(0, maxDetail.looked))
    .slice(0, maxDetail.shown)
    .replace(/\s+/g, " ")
    .replace(/[.…\s]+$/, "");
  return `${lead}${facts && ` (${facts})`}: ${said || "…"}.${hints[code] ?? ""}`;
}
