import { gzipSync } from "node:zlib";

import type { Scenario } from "../scenario.ts";
import { calls, delta, done, events, finish, hello, piece, raw, text } from "../wire.ts";

const body = events(text("Hel"), text("lo"), finish()) + done;
const tooLong = "x".repeat(17 * 1024 * 1024);
const spoken = "naïve 漢字 🎉 e\u0301";

/** How events are cut out of bytes (WHATWG HTML §9.2). */
export const framing: readonly Scenario[] = [
  {
    id: "framing-comments",
    rule: "Comments, empty data and comments inside of data are heartbeats.",
    sources: [
      "mnfst/llm-gateway#2053",
      "anomalyco/opencode#50871",
      "caozhiyuan/copilot-api#88",
      "coder/coder#28185",
    ],
    replies: [
      raw(
        `: OPENROUTER PROCESSING\n\n${events(text("Hel"))}data:\n\ndata: \n\n:\n\ndata: : keepalive\n\n${events(text("lo"), finish())}: bye\n\n${done}`,
      ),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "framing-no-space",
    rule: "The blank after `data:` may be missing, also before `[DONE]`.",
    sources: ["openai/openai-python#498", "davidmigloz/langchain_dart#778"],
    replies: [raw(body.replaceAll("data: ", "data:"))],
    expect: { text: "Hello" },
  },
  {
    id: "framing-crlf",
    rule: "Lines may end with CR LF, wherever the two are cut.",
    sources: ["vercel/ai#6200", "farion1231/cc-switch#1787", "withastro/flue#215"],
    replies: [raw(body.replaceAll("\n", "\r\n"))],
    expect: { text: "Hello" },
  },
  {
    id: "framing-cr",
    rule: "Lines may end with CR alone.",
    sources: ["WHATWG HTML §9.2.5", "hey-api/hey-api#3055"],
    replies: [raw(body.replaceAll("\n", "\r"))],
    expect: { text: "Hello" },
  },
  {
    id: "framing-mixed-ends",
    rule: "The three ends of a line may be mixed.",
    sources: ["WHATWG HTML §9.2.5", "miruamel/xuan#194"],
    replies: [
      raw(
        `${events(text("Hel")).replace("\n\n", "\r\n\n")}${events(text("lo")).replace("\n\n", "\r\r")}${events(finish()).replace("\n\n", "\n\r\n")}${done}`,
      ),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "framing-byte-order-mark",
    rule: "One byte order mark at the beginning is dropped.",
    sources: ["openai/openai-python#3819", "Effect-TS/effect#6976", "vm0-ai/vm0#24687"],
    replies: [raw(`\uFEFF${body}`)],
    expect: { text: "Hello" },
  },
  {
    id: "framing-several-lines",
    rule: "The data lines of one event are joined by line feeds.",
    sources: ["Routstr/routstr-core#543"],
    replies: [raw(body.replaceAll(',"delta"', ',\ndata: "delta"'))],
    expect: { text: "Hello" },
  },
  {
    id: "framing-utf8",
    rule: "Characters may be cut between any two of their bytes.",
    sources: ["ollama/ollama-js#255", "mastra-ai/mastra#20216", "danielmiessler/Fabric#2203"],
    replies: [
      {
        pieces: Array.from({ length: 60 }, (_, at) => [
          { waitMs: 0 },
          Buffer.from(events(text(spoken), finish()) + done).subarray(at * 5, at * 5 + 5),
        ]).flat(),
      },
    ],
    expect: { text: spoken },
  },
  {
    id: "framing-unterminated-event",
    rule: "The last event counts also without the blank line after it.",
    sources: ["Andy963/rsp4copilot#2", "openai/openai-node (src/core/streaming.ts)"],
    replies: [raw(events(text("Hello"), finish()).trimEnd())],
    expect: { text: "Hello" },
  },
  {
    id: "framing-half-an-event",
    rule: "Half of an event at the end is a failure, and no call before it runs.",
    sources: ["experientiallabs/experiential#962", "Andy963/rsp4copilot#2"],
    replies: [
      raw(
        events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })), finish("x")).slice(
          0,
          -20,
        ),
      ),
    ],
    expect: { error: {} },
  },
  {
    id: "framing-half-a-piece-after-the-end",
    rule: "Half of a piece after the announced end is a failure too: the answer goes on.",
    sources: ["experientiallabs/experiential#962"],
    options: { maxRetries: 0 },
    replies: [
      raw(
        `${events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })), finish())}data: {"choices":[{"delta":{"tool_`,
      ),
    ],
    expect: { error: { code: "incomplete", retryable: true } },
  },
  {
    id: "framing-other-fields",
    rule: "Ids, names of events, waits and fields that nobody knows change nothing.",
    sources: ["WHATWG HTML §9.2.6"],
    replies: [
      raw(
        `retry: 10\nid: 1\nevent: message\n${events(text("Hel"))}event: completion.chunk\nfoo: bar\nbaz\n${events(text("lo"), finish())}${done}`,
      ),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "framing-done-with-blanks",
    rule: "`[DONE]` may have blanks around it.",
    sources: ["aaif-goose/goose#7929"],
    replies: [raw(`${events(text("Hello"))}data:  [DONE] \n\n`)],
    expect: { text: "Hello" },
  },
  {
    id: "framing-nothing-after-done",
    rule: "What comes after `[DONE]` is no part of the answer.",
    sources: ["openai/openai-node (src/core/streaming.ts)"],
    replies: [
      raw(`${events(text("Hello"), finish())}${done}${events(delta({ content: "!" }), finish())}`),
    ],
    expect: { text: "Hello" },
  },
  {
    id: "framing-line-without-end",
    rule: "A line of many megabytes is not kept for ever: it is an error before it fills the memory.",
    sources: ["rexxars/eventsource-parser (maxBufferSize)"],
    options: { maxRetries: 0 },
    replies: [{ pieces: [events(text("Hel")), `data: ${tooLong}`] }],
    expect: { error: { code: "protocol", partialText: "Hel" }, withinMs: 5_000 },
  },
  {
    id: "framing-gzip",
    rule: "An answer that is packed although none was asked for is unpacked.",
    sources: ["RFC 9110 §12.5.3"],
    replies: [
      {
        headers: { "content-type": "text/event-stream", "content-encoding": "gzip" },
        pieces: [gzipSync(body)],
      },
    ],
    expect: { text: "Hello" },
  },
  {
    id: "framing-plain",
    rule: "A stream as it should be is read as it is.",
    sources: ["OpenAI API reference (streaming)"],
    replies: [hello],
    expect: { text: "Hello" },
  },
];
