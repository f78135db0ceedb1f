import { Bell } from "../bell.ts";
import type { AgentEvent } from "../event.ts";
import type { ToolOptions } from "../tool.ts";

/** How many reports are kept for a watcher that is slower than the tool; beyond that the oldest go. */
const mostReports = 1000;

/** What a tool reports while it works, kept until it is taken. */
export class Reports {
  readonly #events: AgentEvent[] = [];
  readonly #bell = new Bell();
  readonly #named: Pick<ToolOptions, "callId" | "toolName">;
  #isClosed: boolean;

  constructor({
    callId,
    toolName,
    isWatched,
  }: Pick<ToolOptions, "callId" | "toolName" | "isWatched">) {
    this.#named = { callId, toolName };
    this.#isClosed = !isWatched;
  }

  add(value: unknown): void {
    if (this.#isClosed) return;
    if (this.#events.length === mostReports) this.#events.shift();
    this.#events.push(this.event(value));
    this.#bell.ring();
  }

  event(value: unknown): AgentEvent {
    return { type: "tool-progress", ...this.#named, value };
  }

  /** What was reported since it was last asked for. */
  taken(): AgentEvent[] {
    return this.#events.splice(0);
  }

  /** A tool that was left behind may go on reporting for ever: nobody listens, so nothing is kept. */
  close(): void {
    this.#isClosed = true;
  }

  /** Yields what is reported until `work` is settled, and returns what it gave. */
  async *during<Value>(work: Promise<Value>): AsyncGenerator<AgentEvent, Value> {
    const end = { isReached: false };
    const reach = (): void => {
      end.isReached = true;
      this.#bell.ring();
    };
    work.then(reach, reach);
    for (;;) {
      yield* this.taken();
      if (this.#events.length > 0) continue;
      if (end.isReached) return await work;
      await this.#bell.wait();
    }
  }
}
