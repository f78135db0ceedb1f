import type { ScriptedChunk } from "@pawl/simulator";

import type { Reply, Scenario } from "./scenario.ts";

/** How the bytes of each body are cut into packets. */
export interface Split {
  readonly name: string;
  /** The places to cut a body of this length at, in order. */
  readonly cuts: (length: number) => readonly number[];
}

/** As the server wrote it. */
export const unsplit: Split = { name: "whole", cuts: () => [] };

/** A packet for each byte; of a large body a packet for each of a few hundred parts. */
export const byteByByte: Split = {
  name: "byte by byte",
  cuts: (length) => {
    const step = length <= 8_192 ? 1 : Math.ceil(length / 400);
    return Array.from({ length: Math.ceil(length / step) - 1 }, (_, at) => (at + 1) * step);
  },
};

/** Two packets, cut at each place of the longest body in turn; of more than `most` places at a spread of them. */
export function inTwo({ replies }: Scenario, most: number): readonly Split[] {
  const longest = Math.max(0, ...replies.map((reply) => lengthOf(reply)));
  const count = Math.min(most, Math.max(0, longest - 1));
  return Array.from({ length: count }, (_, at) => {
    const share = (at + 1) / (count + 1);
    return {
      name: `in two at ${Math.round(share * 100)} %`,
      cuts: (length) => (length < 2 ? [] : [Math.max(1, Math.round(share * length))]),
    };
  });
}

/** What playing a scenario costs: hardly anything, work, or time in which others can play. */
export function costOf({ replies, options, expect }: Scenario): "little" | "work" | "time" {
  if (replies.some((reply) => lengthOf(reply) > 65_536)) return "work";
  const isTimed = options?.timeouts !== undefined || expect.withinMs !== undefined;
  const hasWaits = replies.length > 1 || replies.some(({ end }) => end === "hang");
  return isTimed || hasWaits ? "time" : "little";
}

/** The pieces of a reply cut anew, with a packet for each. Pauses stay where they are. */
export function splitPieces(pieces: readonly ScriptedChunk[], split: Split): ScriptedChunk[] {
  return pieces.flatMap((piece) => {
    if (isPause(piece)) return [piece];
    const bytes = Buffer.from(piece as string);
    const cuts = [0, ...split.cuts(bytes.length), bytes.length];
    return cuts
      .slice(1)
      .flatMap((end, at) => [{ waitMs: 0 }, bytes.subarray(cuts[at], end)])
      .slice(1);
  });
}

function isPause(piece: ScriptedChunk): boolean {
  return typeof piece === "object" && "waitMs" in piece;
}

function lengthOf({ pieces = [] }: Reply): number {
  return Math.max(
    0,
    ...pieces.map((piece) => (isPause(piece) ? 0 : Buffer.byteLength(piece as string))),
  );
}
