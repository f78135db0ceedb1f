import type { Scenario } from "../scenario.ts";
import { calls, done, events, finish, json, piece, text } from "../wire.ts";

const heartbeats = Array.from({ length: 60 }, (_, at) => [
  { waitMs: 20 },
  [": ping\n\n", "data: \n\n", "data: : ping\n\n"][at % 3] ?? "",
]).flat();
const begun = events(text("Hel"));
const once = { maxRetries: 0 };

/** When an answer is over although its socket is not. */
export const deadlines: readonly Scenario[] = [
  {
    id: "deadline-done-with-open-socket",
    rule: "`[DONE]` ends an answer although the socket stays open.",
    sources: ["can1357/oh-my-pi#9433", "vercel/ai#19165"],
    replies: [{ pieces: [events(text("Hello"), finish()) + done], end: "hang" }],
    expect: { text: "Hello", withinMs: 1_500 },
  },
  {
    id: "deadline-finish-then-nothing",
    rule: "An answer whose end was announced is whole although nothing follows.",
    sources: ["can1357/oh-my-pi#9433"],
    options: { timeouts: { idleMs: 150 } },
    replies: [{ pieces: [events(text("Hello"), finish())], end: "hang" }],
    expect: { text: "Hello", withinMs: 1_500 },
  },
  {
    id: "deadline-finish-then-nothing-by-default",
    rule: "The rest of an announced end is not waited for as long as content is.",
    sources: ["can1357/oh-my-pi#9433"],
    replies: [{ pieces: [events(text("Hello"), finish())], end: "hang" }],
    expect: { text: "Hello", withinMs: 10_000 },
  },
  {
    id: "deadline-finish-then-nothing-with-calls",
    rule: "So is one of calls, which are run.",
    sources: ["can1357/oh-my-pi#9433"],
    options: { timeouts: { idleMs: 150 } },
    replies: [
      {
        pieces: [
          events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })), finish("tool_calls")),
        ],
        end: "hang",
      },
    ],
    expect: { toolCalls: [{ name: "add", arguments: { a: 1 } }], withinMs: 1_500 },
  },
  {
    id: "deadline-finish-then-heartbeats",
    rule: "Heartbeats after the announced end do not hold it up.",
    sources: ["can1357/oh-my-pi#9433", "mnfst/llm-gateway#2053"],
    options: { timeouts: { idleMs: 150 } },
    replies: [{ pieces: [events(text("Hello"), finish()), ...heartbeats], end: "hang" }],
    expect: { text: "Hello", withinMs: 1_500 },
  },
  {
    id: "deadline-finish-then-cut",
    rule: "A connection that breaks after the announced end takes nothing back.",
    sources: ["can1357/oh-my-pi#9433"],
    replies: [{ pieces: [events(text("Hello"), finish()), { waitMs: 20 }], end: "cut" }],
    expect: { text: "Hello" },
  },
  {
    id: "deadline-no-answer",
    rule: "A server that says nothing at all is given up on time.",
    sources: ["openai/openai-node (src/client.ts)"],
    options: { ...once, timeouts: { firstContentMs: 200 } },
    replies: [{ end: "hang" }],
    expect: { error: { code: "timeout", retryable: true }, notBeforeMs: 199, withinMs: 1_500 },
  },
  {
    id: "deadline-head-alone",
    rule: "A head without a body is no beginning of an answer.",
    sources: ["openai/openai-node (src/client.ts)"],
    options: { ...once, timeouts: { firstContentMs: 200 } },
    replies: [{ pieces: [], end: "hang" }],
    expect: { error: { code: "timeout" }, notBeforeMs: 199, withinMs: 1_500 },
  },
  {
    id: "deadline-heartbeats-before-content",
    rule: "Heartbeats are no content: an answer that does not begin is given up.",
    sources: ["mnfst/llm-gateway#2053", "coder/coder#28185"],
    options: { ...once, timeouts: { firstContentMs: 200 } },
    replies: [{ pieces: heartbeats, end: "hang" }],
    expect: { error: { code: "timeout" }, notBeforeMs: 199, withinMs: 1_500 },
  },
  {
    id: "deadline-heartbeats-after-content",
    rule: "Nor do they keep an answer alive that has stalled.",
    sources: ["mnfst/llm-gateway#2053", "anomalyco/opencode#50871"],
    options: { ...once, timeouts: { idleMs: 200 } },
    replies: [{ pieces: [begun, ...heartbeats], end: "hang" }],
    expect: { error: { code: "timeout", partialText: "Hel" }, notBeforeMs: 199, withinMs: 1_500 },
  },
  {
    id: "deadline-heartbeats-keep-the-connection",
    rule: "Heartbeats before the first content cost nothing while there is time.",
    sources: ["caozhiyuan/copilot-api#88", "openai/openai-go#227"],
    options: { timeouts: { firstContentMs: 10_000, idleMs: 150 } },
    replies: [{ pieces: [...heartbeats.slice(0, 30), events(text("Hello"), finish()) + done] }],
    expect: { text: "Hello", notBeforeMs: 280 },
  },
  {
    id: "deadline-slow-but-steady",
    rule: "A stream that goes on is not given up, however slow it is.",
    sources: ["openai/openai-go#227"],
    options: { timeouts: { firstContentMs: 600, idleMs: 600 } },
    replies: [
      {
        pieces: [
          ...["H", "e", "l", "l", "o"].flatMap((letter) => [events(text(letter)), { waitMs: 180 }]),
          events(finish()) + done,
        ],
      },
    ],
    expect: { text: "Hello", notBeforeMs: 850 },
  },
  {
    id: "deadline-half-an-event",
    rule: "Half of an event is no content.",
    sources: ["experientiallabs/experiential#962"],
    options: { ...once, timeouts: { idleMs: 200 } },
    replies: [{ pieces: [`${begun}data: {"cho`], end: "hang" }],
    expect: { error: { code: "timeout", partialText: "Hel" }, withinMs: 1_500 },
  },
  {
    id: "deadline-whole",
    rule: "A limit on the whole ends also a stream that goes on.",
    sources: ["openai/openai-node (src/client.ts)"],
    options: { ...once, timeouts: { totalMs: 250 } },
    replies: [
      {
        pieces: Array.from({ length: 40 }, () => [{ waitMs: 20 }, ": ping\n\n"]).flat(),
        end: "hang",
      },
    ],
    expect: { error: { code: "timeout" }, notBeforeMs: 249, withinMs: 1_500 },
  },
  {
    id: "deadline-call-that-stalls",
    rule: "A call whose answer stalls is not run, though its arguments look whole.",
    sources: ["anomalyco/opencode#43882"],
    options: { ...once, timeouts: { idleMs: 150 } },
    replies: [
      {
        pieces: [events(calls(piece(0, { id: "a", name: "add", args: '{"a":1}' })))],
        end: "hang",
      },
    ],
    expect: { error: { code: "timeout" }, withinMs: 1_500 },
  },
  {
    id: "deadline-slow-whole",
    rule: "A whole answer comes at once: only the limit on the whole counts.",
    sources: ["openai/openai-node (src/client.ts)"],
    options: { stream: false, timeouts: { firstContentMs: 50, idleMs: 50 } },
    replies: [
      {
        ...json(""),
        pieces: [
          { waitMs: 200 },
          JSON.stringify({ choices: [{ message: { content: "Hello" }, finish_reason: "stop" }] }),
        ],
      },
    ],
    expect: { text: "Hello", notBeforeMs: 195 },
  },
];
