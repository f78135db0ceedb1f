import type { Scenario } from "../scenario.ts";
import { calls, done, events, finish, hello, json, piece, raw, stream, text } from "../wire.ts";

const call = calls(piece(0, { id: "a", name: "add", args: '{"a":1}' }));
const once = { maxRetries: 0 };

/** Failures inside of what began as a success. */
export const errorsInAnswers: readonly Scenario[] = [
  {
    id: "error-in-a-stream",
    rule: "An error in a chunk fails the answer, with what had arrived.",
    sources: ["diegosouzapw/OmniRoute#8210", "vercel/ai#2720", "genkit-ai/genkit#6079"],
    replies: [stream(text("Hel"), { error: { message: "Upstream died", code: 502 } })],
    expect: {
      error: {
        code: "server",
        status: 502,
        retryable: true,
        partialText: "Hel",
        says: "Upstream died",
      },
    },
  },
  {
    id: "error-in-a-list-in-a-stream",
    rule: "An error that is wrapped in a list is told as what it is.",
    sources: ["Simpleyyt/ai-manus#101", "SuzumiyaAkizuki/ComfyUI-NewBie-LLM-Formatter#3"],
    options: once,
    replies: [
      raw(
        'data: [{"error":{"code":400,"message":"No such field","status":"INVALID_ARGUMENT"}}]\n\n',
      ),
    ],
    expect: {
      error: { code: "invalid-request", status: 400, retryable: false, says: "No such field" },
    },
  },
  {
    id: "error-that-holds-a-refusal",
    rule: "A failure whose words are the refusal of another server is a refusal.",
    sources: ["Kilo-Org/kilocode#6476"],
    replies: [
      json(
        {
          error: {
            code: 500,
            message: '{\n  "error": {\n    "code": 400,\n    "message": "Bad"}}',
          },
        },
        { status: 500 },
      ),
    ],
    expect: { error: { code: "invalid-request", status: 500, retryable: false, says: "Bad" } },
  },
  {
    id: "error-beside-a-finish",
    rule: "An error stands also where the chunk has choices and a finish reason `error`.",
    sources: ["diegosouzapw/OmniRoute#8210"],
    replies: [stream(text("Hel"), { ...finish("error"), error: { message: "Gone", code: 502 } })],
    expect: { error: { code: "server", status: 502, partialText: "Hel", says: "Gone" } },
  },
  {
    id: "error-as-a-finish",
    rule: "The finish reason `error` alone is a failure.",
    sources: ["diegosouzapw/OmniRoute#8210"],
    replies: [stream(text("Hel"), finish("error"))],
    expect: { error: { code: "server", partialText: "Hel" } },
  },
  {
    id: "error-of-a-choice",
    rule: "An error may stand in the choice.",
    sources: ["damianvtran/local-operator#223", "open-octo/octo-agent#910"],
    replies: [
      stream(text("Hel"), {
        choices: [{ index: 0, delta: {}, error: { message: "Gone", code: 502 } }],
      }),
    ],
    expect: { error: { code: "server", status: 502, partialText: "Hel", says: "Gone" } },
  },
  {
    id: "error-event",
    rule: "An event of the type `error` is a failure, whatever its data look like.",
    sources: ["openai/openai-node (src/core/streaming.ts)", "dcdpr/jp#978"],
    replies: [raw(`${events(text("Hel"))}event: error\ndata: {"message":"Gone"}\n\n`)],
    expect: { error: { code: "server", partialText: "Hel", says: "Gone" } },
  },
  {
    id: "error-after-a-call",
    rule: "A call before an error is not run.",
    sources: ["open-octo/octo-agent#910"],
    replies: [stream(call, { error: { message: "Gone", code: 500 } })],
    expect: { error: { code: "server" } },
  },
  {
    id: "error-after-the-finish",
    rule: "An error between the finish reason and the end is a failure as well.",
    sources: ["diegosouzapw/OmniRoute#8210"],
    replies: [stream(call, finish("tool_calls"), { error: { message: "Gone", code: 500 } })],
    expect: { error: { code: "server" } },
  },
  {
    id: "error-code-400",
    rule: "An error with a code of 400 is not tried again, though nothing was visible.",
    sources: ["genkit-ai/genkit#6079"],
    replies: [stream({ error: { message: "Bad tool", code: 400 } })],
    expect: { error: { code: "invalid-request", status: 400, retryable: false } },
  },
  {
    id: "error-code-502-before-any-output",
    rule: "One with a code of 502 is tried again while nothing was visible.",
    sources: ["genkit-ai/genkit#6079"],
    replies: [stream({ error: { message: "Gone", code: 502 } }), hello],
    expect: { text: "Hello", attempts: 2 },
  },
  {
    id: "error-code-as-text",
    rule: "A code may be a text.",
    sources: ["aimlapi/api-docs (errors-and-messages/general-info.md)"],
    replies: [stream({ error: { message: "Slow down", code: "429" } })],
    options: once,
    expect: { error: { code: "rate-limit", status: 429, retryable: true } },
  },
  {
    id: "error-as-text",
    rule: "An error may be a bare text.",
    sources: ["damianvtran/local-operator#223"],
    options: once,
    replies: [stream({ error: "It broke" })],
    expect: { error: { code: "server", says: "It broke" } },
  },
  {
    id: "error-null",
    rule: "An error that is null is none.",
    sources: ["OpenAI API reference (streaming)"],
    replies: [stream({ ...text("Hello"), error: null }, { ...finish(), error: null })],
    expect: { text: "Hello" },
  },
  {
    id: "error-in-a-whole",
    rule: "A JSON success that holds an error is a failure.",
    sources: ["dcdpr/jp#978", "vercel/ai#2720"],
    options: { stream: false },
    replies: [json({ error: { message: "No such tool", code: 400 } })],
    expect: { error: { code: "invalid-request", status: 400, says: "No such tool" } },
  },
  {
    id: "error-in-a-whole-where-a-stream-was-asked",
    rule: "So it is where a stream was asked for.",
    sources: ["dcdpr/jp#978"],
    options: once,
    replies: [json({ error: { message: "Overloaded", code: 503 } })],
    expect: { error: { code: "server", status: 503, retryable: true, says: "Overloaded" } },
  },
  {
    id: "error-in-a-list",
    rule: "An error may be wrapped into a list.",
    sources: ["genkit-ai/genkit#6079", "Gemini API (OpenAI compatibility)"],
    replies: [json([{ error: { message: "Bad schema", code: 400, status: "INVALID_ARGUMENT" } }])],
    expect: { error: { code: "invalid-request", status: 400, says: "Bad schema" } },
  },
  {
    id: "error-that-is-not-json",
    rule: "Data that are no JSON are an error and not skipped: a truncation would hide there.",
    sources: ["experientiallabs/experiential#962"],
    replies: [raw(`${events(text("Hel"))}data: {"choices":[{"del\n\n${events(finish())}${done}`)],
    expect: { error: { code: "protocol", partialText: "Hel" } },
  },
  {
    id: "error-that-is-no-object",
    rule: "Data that are JSON but no object are an error.",
    sources: ["experientiallabs/experiential#962"],
    options: once,
    replies: [raw(`data: "Hello"\n\n${done}`)],
    expect: { error: { code: "protocol" } },
  },
];
