import type { Scenario } from "../scenario.ts";
import { json, raw } from "../wire.ts";

const html = (body: string, status: number) => ({
  status,
  headers: { "content-type": "text/html" },
  pieces: [`<!DOCTYPE html><html><body>${body}</body></html>`],
});
const requestId = "8d5e1c8a-6f0b-4c52-9d7e-2f1f0c9f9a11";

/** AI/ML API's envelope. */
function problem(
  status: number,
  error: object,
  message: unknown = "See error",
): Scenario["replies"] {
  const body = {
    title: "Error",
    status,
    message,
    instance: "/v1/chat/completions",
    requestId,
    error,
  };
  return [json(body, { status, headers: { "content-type": "application/problem+json" } })];
}

/** Answers that are no success, and not worth another try. */
export const httpErrors: readonly Scenario[] = [
  {
    id: "http-401",
    rule: "A refused key is said to be one, and not tried again.",
    sources: ["api-evangelist/aimlapi (errors/aimlapi-problem-types.yml)"],
    replies: problem(401, { name: "UnauthorizedException", message: "Needs a valid API key." }),
    expect: {
      error: { code: "auth", status: 401, retryable: false, says: "Needs a valid API key" },
    },
  },
  {
    id: "http-request-id",
    rule: "The provider's name for the request is told, for its support desk.",
    sources: ["aimlapi/api-docs (request-tracing-and-cost.md)"],
    replies: problem(400, { name: "BadRequestException", message: "No." }),
    expect: { error: { code: "invalid-request", status: 400, says: requestId } },
  },
  {
    id: "http-402",
    rule: "A payment that is required is a matter of money.",
    sources: ["Cohere API (errors)", "OpenRouter API reference (errors)"],
    replies: [json({ error: { message: "Insufficient credits", code: 402 } }, { status: 402 })],
    expect: { error: { code: "billing", status: 402, retryable: false } },
  },
  {
    id: "http-403-out-of-funds",
    rule: "Out of money may be a 403, told from a lack of rights by its kind.",
    sources: ["AI/ML API (OutOfFundsException, kind err_insufficent_credits)"],
    replies: problem(403, {
      name: "OutOfFundsException",
      message: "Out of funds.",
      data: { kind: "err_insufficent_credits" },
    }),
    expect: { error: { code: "billing", status: 403, retryable: false } },
  },
  {
    id: "http-403-page",
    rule: "A 403 that is a page comes from something in between, and does not blame the key.",
    sources: ["anomalyco/opencode#41320"],
    replies: [html("Attention Required! | Cloudflare", 403)],
    expect: { error: { status: 403, retryable: false, says: "HTML page" } },
  },
  {
    id: "http-404",
    rule: "An unknown model is named.",
    sources: ["OpenRouter (No endpoints found)", "api-evangelist/aimlapi"],
    replies: [
      json({ error: { message: "No endpoints found for it", code: 404 } }, { status: 404 }),
    ],
    expect: { error: { code: "not-found", status: 404, retryable: false, says: '"conformance"' } },
  },
  {
    id: "http-400-issues",
    rule: "The places of what is wrong with a request are told.",
    sources: ["AI/ML API (Body validation error)"],
    replies: problem(
      400,
      {
        name: "BadRequestException",
        message: "Invalid payload provided",
        data: {
          issues: [
            {
              code: "invalid_type",
              path: ["messages", 2, "content"],
              message: "Expected string, received null",
            },
          ],
        },
      },
      ["Body validation error!"],
    ),
    expect: {
      error: {
        code: "invalid-request",
        status: 400,
        retryable: false,
        says: "messages.2.content: Expected string",
      },
    },
  },
  {
    id: "http-400-list-of-messages",
    rule: "A message may be a list of texts.",
    sources: ["aimlapi/api-docs (errors-and-messages/general-info.md)"],
    replies: [
      json(
        { message: ["role is wrong", "model is missing"], statusCode: "400", requestId },
        { status: 400 },
      ),
    ],
    expect: { error: { code: "invalid-request", status: 400, says: "role is wrong" } },
  },
  {
    id: "http-400-in-a-list",
    rule: "The envelope of an error may be wrapped into a list.",
    sources: ["Gemini API (OpenAI compatibility)", "genkit-ai/genkit#6079"],
    replies: [
      json([{ error: { code: 400, message: "Bad schema", status: "INVALID_ARGUMENT" } }], {
        status: 400,
      }),
    ],
    expect: { error: { code: "invalid-request", status: 400, says: "Bad schema" } },
  },
  {
    id: "http-400-tool-use-failed",
    rule: "A 400 because of what the model wrote is a malformed turn of the model and no fault of the request.",
    sources: [
      "groq/groq-typescript#28",
      "groq/groq-typescript#103",
      "vercel/ai#6916",
      "huggingface/smolagents#1119",
    ],
    replies: [
      json(
        {
          error: {
            message: "Failed to call a function. Please adjust your prompt.",
            type: "invalid_request_error",
            code: "tool_use_failed",
            failed_generation: '<function=add>{"a":1',
          },
        },
        { status: 400 },
      ),
    ],
    expect: {
      invalidCalls: 1,
      requests: [{}, { messages: [{}, { role: "assistant" }, { role: "tool" }] }],
    },
  },
  ...[405, 413, 415, 422, 451].map((status): Scenario => ({
    id: `http-${status}`,
    rule: `A ${status} is a fault of the request, and not tried again.`,
    sources: ["RFC 9110 §15.5", "openai/openai-node (src/client.ts)"],
    replies: [json({ error: { message: "No" } }, { status })],
    expect: { error: { code: "invalid-request", status, retryable: false } },
  })),
  {
    id: "http-302",
    rule: "A redirect is not followed, since it would carry the key elsewhere.",
    sources: ["RFC 9110 §15.4"],
    replies: [{ status: 302, headers: { location: "/elsewhere" } }],
    expect: { error: { status: 302, retryable: false } },
  },
  {
    id: "http-429-no-quota",
    rule: "A quota that is used up is a matter of money, though it is a 429.",
    sources: ["OpenAI API (error codes: insufficient_quota)"],
    replies: [
      json(
        { error: { message: "You exceeded your quota", code: "insufficient_quota" } },
        { status: 429 },
      ),
    ],
    expect: { error: { code: "billing", status: 429, retryable: false } },
  },
  {
    id: "http-500-that-is-a-400",
    rule: "A 500 whose message begins with a 4xx code passes on a refusal, and is not tried again.",
    sources: ["aimlapi/api-docs#3"],
    replies: [
      json(
        { message: '400 {"error":{"message":"Bad tool"}}', statusCode: 500, requestId },
        { status: 500 },
      ),
    ],
    expect: { error: { code: "invalid-request", status: 500, retryable: false, says: "Bad tool" } },
  },
  {
    id: "http-200-page",
    rule: "A page in place of an answer is said to be one: mostly the address is wrong.",
    sources: ["aimlapi/api-docs (faq/openai-sdk-doesnt-work.md)"],
    options: { maxRetries: 0 },
    replies: [html("Welcome", 200)],
    expect: { error: { code: "protocol", says: "baseURL" } },
  },
  {
    id: "http-400-text",
    rule: "An error that is a bare text is told.",
    sources: ["aimlapi/api-docs (errors-and-messages/general-info.md)"],
    replies: [{ ...raw("No such thing"), status: 400, headers: { "content-type": "text/plain" } }],
    expect: { error: { code: "invalid-request", status: 400, says: "No such thing" } },
  },
  {
    id: "http-400-empty",
    rule: "An error without a body is still a sentence.",
    sources: ["api-evangelist/aimlapi (errors/aimlapi-problem-types.yml)"],
    replies: [{ status: 400 }],
    expect: { error: { code: "invalid-request", status: 400, says: "no reason given" } },
  },
  {
    id: "http-400-without-end",
    rule: "An error whose body never ends is told by what came of it.",
    sources: ["RFC 9112 §8"],
    replies: [{ ...json({ error: { message: "One" } }, { status: 400 }), end: "hang" }],
    expect: { error: { code: "invalid-request", status: 400, says: "One" }, withinMs: 5_000 },
  },
];
