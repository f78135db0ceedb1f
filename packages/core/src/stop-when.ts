import type { Message, Usage } from "./message.ts";
import type { StepResult } from "./result.ts";

/** Says whether a run shall end here, after a step with calls. May be async; what it throws ends the run as `failed`. */
export type StopWhen = (run: RunSoFar) => boolean | Promise<boolean>;

/** A run as it stands between two steps. */
export interface RunSoFar {
  readonly runId: string;
  /** The steps taken since this call of `run` or `resume`; the last one has just ended. */
  readonly steps: readonly StepResult[];
  readonly messages: readonly Message[];
  readonly usage: Usage;
}

/** @throws TypeError for what is no function, and no list of functions. */
export function readStopWhen(
  where: string,
  given: StopWhen | readonly StopWhen[] = [],
): readonly StopWhen[] {
  const list: readonly StopWhen[] = typeof given === "function" ? [given] : given;
  if (!Array.isArray(list) || list.some((each) => typeof each !== "function"))
    throw new TypeError(`${where}: "stopWhen" must be a function, or a list of functions.`);
  return list;
}
