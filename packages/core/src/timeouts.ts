import { checkOptions } from "./options.ts";
import { longestMs } from "./scope.ts";

/** How long the parts of a run may take, in milliseconds; each 1 to 2,147,483,647. The run as a whole is limited by its budget's `ms`. */
export interface Timeouts {
  /**
   * For one step: an answer of the model, and its calls. A model that is not done by then fails the run with a `timeout`;
   * calls that are not done are given up, and the model is told. What comes before and after a step (`instructions`, `stopWhen`,
   * a summary, async checks of `output`) is ended by `signal` and the budget's `ms` alone.
   *
   * @defaultValue no limit but the run's
   */
  readonly stepMs?: number | undefined;
  /**
   * Between two events of the model while it answers. A turn of which something was shown then begins anew, as often as
   * `maxRestarts` says; else the run fails with a `timeout`.
   *
   * @defaultValue the adapter's
   */
  readonly idleMs?: number | undefined;
  /**
   * For one call of a tool that has no `timeoutMs` of its own.
   *
   * @defaultValue no limit but the run's
   */
  readonly toolMs?: number | undefined;
}

/** @throws TypeError for an unknown name, or a value that no timer can hold. */
export function readTimeouts(where: string, timeouts: Timeouts = {}): Timeouts {
  checkOptions(`${where}: "timeouts"`, timeouts, ["stepMs", "idleMs", "toolMs"]);
  for (const [name, value] of Object.entries(timeouts))
    if (value !== undefined && !isDuration(value))
      throw new TypeError(
        `${where}: "timeouts.${name}" must be a number of milliseconds, 1 to ${longestMs}.`,
      );
  return timeouts;
}

/** Whether a timer can hold it. A text would pass for the number in it, and then be compared and added like a text. */
export function isDuration(value: unknown): boolean {
  return typeof value === "number" && value >= 1 && value <= longestMs;
}
