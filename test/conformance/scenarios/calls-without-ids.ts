import type { Scenario } from "../scenario.ts";
import { calls, finish, piece, stream } from "../wire.ts";

const add = (a: number) => ({ name: "add", arguments: { a } });
const now = { name: "now", arguments: {} };

/** What belongs together when a server gives no ids. */
export const callsWithoutIds: readonly Scenario[] = [
  {
    id: "delta-no-ids",
    rule: "Calls without any id get one, so that their results can be told apart.",
    sources: ["JetBrains/koog#1900", "spring-projects/spring-ai#6857"],
    replies: [
      stream(
        calls(piece(0, { name: "add", args: '{"a":1}' }), piece(1, { name: "add", args: "" })),
        calls(piece(1, { args: '{"a":2}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
  {
    id: "delta-neither-ids-nor-indexes",
    rule: "With neither ids nor indexes a name after whole arguments begins a new call.",
    sources: ["AstrBotDevs/AstrBot#6692", "EricLBuehler/mistral.rs#1507"],
    replies: [
      stream(
        calls(piece(undefined, { name: "add", args: '{"a":' })),
        calls(piece(undefined, { args: "1}" })),
        calls(piece(undefined, { name: "add", args: '{"a":2}' })),
        calls(piece(undefined, { name: "now", args: "{}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2), now] },
  },
  {
    id: "delta-no-ids-and-every-index-0",
    rule: "Without ids and with index 0 for each, another tool after whole arguments is a new call.",
    sources: ["su-kaka/gcli2api#406", "mcowger/plexus#691"],
    replies: [
      stream(
        calls(piece(0, { name: "add", args: '{"a":1}' })),
        calls(piece(0, { name: "now", args: "{}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), now] },
  },
  {
    id: "delta-id-late",
    rule: "An id that comes with a later piece changes nothing about its call.",
    sources: ["JetBrains/koog#1900"],
    replies: [
      stream(
        calls(piece(0, { name: "add", args: '{"a":' })),
        calls(piece(0, { id: "late", args: "1}" })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1)] },
  },
  {
    id: "delta-ids-empty-throughout",
    rule: "Ids that are empty throughout are as good as none.",
    sources: ["symfony/ai#2220", "langchain-ai/langchainjs#8581"],
    replies: [
      stream(
        calls(piece(0, { id: "", name: "add", args: '{"a":1' })),
        calls(piece(0, { id: "", args: "}" })),
        calls(piece(1, { id: "", name: "add", args: '{"a":2}' })),
        finish("tool_calls"),
      ),
    ],
    expect: { toolCalls: [add(1), add(2)] },
  },
];
