import { type ChatRequest, type ScriptedTurn, simulator } from "@pawl/simulator";

import type { Reply } from "./scenario.ts";
import { type Split, splitPieces } from "./splits.ts";

/** A server that plays the replies of a scenario, as often as they are set. */
export interface Stage extends AsyncDisposable {
  readonly baseURL: string;
  /** The requests since the replies were set. */
  readonly requests: readonly ChatRequest[];
  /** Begins anew with these replies; after the last one comes a short text. */
  play(replies: readonly Reply[], split: Split): void;
}

/** What the stage says when a scenario has no more to say, such as after the results of calls. */
const lastWord = "That is all.";

export const servedModel = "conformance";

/** Opens a stage on a port of its own. */
export async function openStage(): Promise<Stage> {
  const requests: ChatRequest[] = [];
  let turns: readonly ScriptedTurn[] = [];
  const server = await simulator({
    models: [servedModel],
    script: (request) => turns[requests.push(request) - 1] ?? lastWord,
  });
  return {
    baseURL: server.url,
    requests,
    play: (replies, split) => {
      requests.length = 0;
      turns = replies.map((reply) => turnOf(reply, split));
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function turnOf({ status, headers, pieces, end = "close" }: Reply, split: Split): ScriptedTurn {
  return {
    status,
    headers,
    chunks: pieces && splitPieces(pieces, split),
    ...(pieces === undefined && end === "close" && { body: "" }),
    cut: end === "cut",
    hang: end === "hang",
  };
}
