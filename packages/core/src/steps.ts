import type { AgentEvent } from "./event.ts";

/** Work with a result worth keeping: it may report events on its way and returns the result. */
export type StepEffect<Result> = () => AsyncGenerator<AgentEvent, Result>;

/**
 * The durability port. Every effect of a run whose result is worth keeping goes through a named step; where the results are
 * kept (nowhere, a file, a cluster) is the only difference between a run in memory and one that outlives its process.
 */
export interface Steps {
  /** Runs `effect` once per `key` in the life of a run; afterwards returns what the first one recorded. */
  run<Result>(key: string, effect: StepEffect<Result>): AsyncGenerator<AgentEvent, Result>;
  /** A value sent to this run from outside (a decision on an approval), or undefined while there is none. */
  signal<Value>(key: string): Promise<Value | undefined>;
}

/** The same port with every key below `prefix`: the steps of a part of a run, such as a subagent. */
export function within(steps: Steps, prefix: string): Steps {
  return {
    run: (key, effect) => steps.run(`${prefix}/${key}`, effect),
    signal: (key) => steps.signal(`${prefix}/${key}`),
  };
}
