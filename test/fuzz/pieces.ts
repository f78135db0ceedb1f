import { ModelError } from "@pawl/core";

// The bytes are handed over in the process: over a socket a million streams would take hours.
// @boundaries-ignore what decodes is no part of the public API
import type { ByteSource } from "../../packages/models/src/wire/byte-source.ts";
import type { Chance } from "./chance.ts";

/** How a body arrives: in which reads, and whether the connection breaks in place of an end. */
export interface Arrival {
  readonly reads: readonly (readonly Buffer[])[];
  readonly isBroken: boolean;
}

/** A body cut at random: few cuts, many, or byte by byte for a while. */
export function inPieces(body: Buffer, chance: Chance): readonly (readonly Buffer[])[] {
  const cuts = new Set<number>();
  for (let left = chance.below(6); left > 0; left--) cuts.add(chance.below(body.length + 1));
  if (chance.isOneIn(4)) {
    const [start, end] = chance.range(body.length, 200);
    for (let at = start; at < end; at++) cuts.add(at);
  }
  const places = [0, ...[...cuts].toSorted((a, b) => a - b), body.length];
  const reads: Buffer[][] = [[]];
  for (const [at, place] of places.slice(1).entries()) {
    reads.at(-1)?.push(body.subarray(places[at], place));
    if (!chance.isOneIn(4)) reads.push([]);
  }
  return reads.filter((read) => read.length > 0);
}

/** A body in the memory that arrives as it is told. */
export class MemorySource implements ByteSource {
  readonly #reads: Iterator<readonly Buffer[]>;
  readonly #isBroken: boolean;
  /** How it was left: every answer has to end in one of two ways. */
  end: "released" | "closed" | undefined;

  constructor({ reads, isBroken }: Arrival) {
    this.#reads = reads[Symbol.iterator]();
    this.#isBroken = isBroken;
  }

  async read(): Promise<readonly Buffer[] | undefined> {
    const next = this.#reads.next();
    if (next.done && this.#isBroken)
      throw new ModelError("The connection broke.", { code: "network", retryable: true });
    return next.value;
  }

  content(): void {}

  finished(): void {}

  release(): void {
    this.end = "released";
  }

  close(): void {
    this.end ??= "closed";
  }
}
