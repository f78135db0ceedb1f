import type { Message } from "../message.ts";

/** A conversation that outlives its runs: each run begins with what the runs before it said. */
export interface Session {
  /** What the session is called: two objects with one id are one session, and their runs queue up with each other. */
  readonly id: string;
  /** What has been said so far, oldest first. */
  load(): Promise<readonly Message[]>;
  /**
   * Takes in what one completed run said, its input included. `by` names the run: a block that could not be confirmed comes
   * again when its run is resumed, and a store that remembers the names of its runs can leave it out then.
   */
  append(messages: readonly Message[], by?: { readonly runId: string }): Promise<void>;
}
