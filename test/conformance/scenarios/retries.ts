import type { ModelErrorCode } from "@pawl/core";

import type { Scenario } from "../scenario.ts";
import { calls, events, failing, hello, json, piece, raw, text } from "../wire.ts";

const client = "openai/openai-node (src/client.ts)";
const answered = { text: "Hello" };

/** Waits that a server may ask for, and how long they then last. */
const waits: readonly (readonly [
  id: string,
  rule: string,
  headers: Record<string, string>,
  leastMs: number,
])[] = [
  ["seconds", "`retry-after` counts seconds.", { "retry-after": "1" }, 990],
  ["fraction", "Fractions of a second are understood.", { "retry-after": "0.9" }, 890],
  [
    "milliseconds",
    "`retry-after-ms` counts more exactly and goes before it.",
    { "retry-after": "0", "retry-after-ms": "900" },
    890,
  ],
  [
    "past-date",
    "A date that is past is no wait: the own one is kept.",
    { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" },
    370,
  ],
  [
    "far-date",
    "A date that is far off is not waited for: the own wait is kept.",
    { "retry-after": "Fri, 01 Jan 2100 00:00:00 GMT" },
    370,
  ],
  [
    "too-long",
    "More than a minute is not waited: the own wait is kept.",
    { "retry-after": "3600" },
    370,
  ],
  ["nonsense", "What is no time is no hint.", { "retry-after": "soon" }, 370],
  ["negative", "A wait below nothing is no hint.", { "retry-after": "-5" }, 370],
];

/** Failures that end in an answer when the same request is sent again. */
export const retries: readonly Scenario[] = [
  ...[408, 409, 429, 500, 502, 503, 529].map((status): Scenario => ({
    id: `retry-${status}`,
    rule: `A ${status} is tried again.`,
    sources: [client],
    replies: [failing(status), hello],
    expect: { ...answered, attempts: 2 },
  })),
  ...waits.map(([id, rule, headers, notBeforeMs]): Scenario => ({
    id: `retry-after-${id}`,
    rule,
    sources: [client, "RFC 9110 §10.2.3"],
    replies: [json("", { status: 429, headers }), hello],
    expect: { ...answered, attempts: 2, notBeforeMs, withinMs: 10_000 },
  })),
  {
    id: "retry-at-most-twice",
    rule: "After two more attempts the failure stands.",
    sources: [client],
    replies: [failing(503), failing(503), failing(503), hello],
    expect: { error: { code: "server", status: 503, retryable: true }, attempts: 3 },
  },
  {
    id: "retry-by-the-word-of-the-server",
    rule: "`x-should-retry: true` overrules the status.",
    sources: [client],
    replies: [failing(400, { headers: { "x-should-retry": "true" } }), hello],
    expect: { ...answered, attempts: 2 },
  },
  {
    id: "retry-not-by-the-word-of-the-server",
    rule: "So does `x-should-retry: false`.",
    sources: [client],
    replies: [failing(503, { headers: { "x-should-retry": "false" } }), hello],
    expect: { error: { status: 503, retryable: false } },
  },
  {
    id: "retry-504-once",
    rule: "A 504 may have been run and billed: it is tried once more at the most.",
    sources: ["Comfy-Org/ComfyUI#16204", "anthropics/anthropic-sdk-java#370"],
    replies: [failing(504), failing(504), hello],
    expect: { error: { code: "timeout", status: 504 }, attempts: 2 },
  },
  ...(
    [
      ["no-head", "A connection that ends without an answer", { end: "cut" }, "network"],
      [
        "no-body",
        "A stream that breaks off before anything was visible",
        { pieces: [": hi\n\n"], end: "cut" },
        "network",
      ],
      ["empty", "A success without a body", raw(""), "incomplete"],
    ] as readonly (readonly [string, string, Scenario["replies"][number], ModelErrorCode])[]
  ).map(([id, what, reply, code]): Scenario => ({
    id: `retry-${id}-once`,
    rule: `${what} may have been billed: it is tried once more at the most.`,
    sources: ["AltimateAI/altimate-code#1222", "pleaseai/shunt#122"],
    replies: [reply, reply, hello],
    expect: { error: { code, retryable: true }, attempts: 2 },
  })),
  {
    id: "retry-not-after-text",
    rule: "Nothing is tried again of which a reader has seen a part.",
    sources: ["Comfy-Org/ComfyUI#16204"],
    replies: [{ pieces: [events(text("Hel"))], end: "cut" }, hello],
    expect: { error: { code: "network", retryable: true, partialText: "Hel" } },
  },
  {
    id: "retry-not-after-a-piece-of-a-call",
    rule: "A piece of a call is such a part, and the call is not run.",
    sources: ["AltimateAI/altimate-code#1222"],
    replies: [
      { pieces: [events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })))], end: "cut" },
      hello,
    ],
    expect: { error: { code: "network" } },
  },
  {
    id: "retry-empty-500",
    rule: "An error without any body is tried again by its status.",
    sources: ["aimlapi/api-docs (errors-and-messages/general-info.md)"],
    replies: [{ status: 500, headers: { "retry-after-ms": "1" } }, hello],
    expect: { ...answered, attempts: 2 },
  },
  {
    id: "retry-page-502",
    rule: "A gateway's page of HTML is tried again by its status.",
    sources: ["RFC 9110 §15.6.3"],
    replies: [
      {
        ...raw("<html>Bad gateway</html>"),
        status: 502,
        headers: { "content-type": "text/html", "retry-after-ms": "1" },
      },
      hello,
    ],
    expect: { ...answered, attempts: 2 },
  },
  {
    id: "retry-an-old-429",
    rule: "The older envelope, whose status is a text, is read as well.",
    sources: ["aimlapi/api-docs (errors-and-messages/general-info.md)"],
    options: { maxRetries: 0 },
    replies: [
      failing(429, json({ message: "Too Many Requests", statusCode: "429", requestId: "r" })),
    ],
    expect: {
      error: { code: "rate-limit", status: 429, retryable: true, says: "Too Many Requests" },
    },
  },
];
