import { isDeepStrictEqual } from "node:util";

import { Chance } from "./chance.ts";
import { type Mutant, mutated } from "./mutate.ts";
import { essence, type Outcome, outcomeOf } from "./outcome.ts";
import { inPieces } from "./pieces.ts";
import { endProblem } from "./reference.ts";
import { broken } from "./rules.ts";

/** A body and what it breaks. */
export interface Finding extends Mutant {
  readonly run: number;
  readonly problem: string;
}

/** One body, what came of it, and what it broke. */
export interface Run extends Mutant {
  readonly outcome: Outcome;
  readonly problem: string | undefined;
}

/** Makes the body of a run, reads it, and checks what holds for every answer. */
export async function oneRun(seed: number, run: number): Promise<Run> {
  const mutant = mutated(new Chance(seed, run));
  return { ...mutant, ...(await tried(mutant, new Chance(seed, ~run))) };
}

/** Reads a body in pieces that chance makes. */
async function tried(
  { dialect, body }: Mutant,
  chance: Chance,
): Promise<Pick<Run, "outcome" | "problem">> {
  const isBroken = chance.isOneIn(16);
  const reads = inPieces(body, chance);
  const outcome = await outcomeOf({ reads, isBroken }, { dialect, isWatched: true });
  const problem =
    broken(outcome) ??
    (dialect === "cohere" ? undefined : endProblem({ body, isBroken }, outcome)) ??
    (chance.isOneIn(2) ? await difference() : undefined);
  return { outcome, problem };

  /** Nor must it matter how the body is cut, or whether anybody looks. */
  async function difference(): Promise<string | undefined> {
    const reader = { dialect, isWatched: chance.isOneIn(2) };
    const whole = await outcomeOf({ reads: [[body]], isBroken }, reader);
    const [cut, uncut] = [essence(outcome), essence(whole)];
    return isDeepStrictEqual(cut, uncut)
      ? undefined
      : `in pieces: ${JSON.stringify(cut)}, whole: ${JSON.stringify(uncut)}`;
  }
}

/** The shortest body found that breaks the same, by leaving out ever smaller parts of it. */
export async function shortened(
  { run, dialect, body, problem }: Finding,
  seed: number,
): Promise<Buffer> {
  const kind = problem.slice(0, 12);
  let least = body;
  for (let size = body.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < least.length;) {
      const shorter = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      const again = (await tried({ dialect, body: shorter }, new Chance(seed, ~run))).problem;
      if (again?.startsWith(kind)) least = shorter;
      else at += size;
    }
  return least;
}
