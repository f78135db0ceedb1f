import { Bell } from "../bell.ts";
import { Exceeded } from "../budget/budget.ts";
import { Limit } from "../running.ts";
import { abandon, Interrupted } from "../scope.ts";
import type { Tool, ToolOptions } from "../tool.ts";
import { Waiting } from "../calls/waiting.ts";
import { Gate } from "./gate.ts";
import type { ToolRequest } from "./tool-request.ts";

/** The calls of a tool that its wrapper makes, and what they yield on their way. */
export class InnerCalls<Input, Output, Context> {
  readonly #tool: Tool<string, Input, Output, Context>;
  readonly #gate: Gate;
  readonly #open = new Set<AsyncGenerator<unknown, Output>>();
  /** One at most of each open call: a call goes on when its own was read. */
  readonly #handed: Handed[] = [];
  readonly #bell = new Bell();
  readonly #reading = Promise.withResolvers<void>();
  #signal: { readonly thrown: unknown } | undefined;
  #isLater = false;
  #isOver = false;

  constructor(tool: Tool<string, Input, Output, Context>, options: ToolOptions<Context>) {
    this.#tool = tool;
    this.#gate = new Gate(options);
  }

  async next(request: ToolRequest<Input, Context>): Promise<Output> {
    // A call made at once needs no look at the signal, which is made when it is first looked at.
    if (typeof (Object(request) as { options?: unknown }).options !== "object")
      throw new TypeError(
        "wrapTool: next takes the request { input, options }, as the wrapper got it or with changes.",
      );
    if (this.#isOver || (this.#isLater && !this.#gate.isOpen)) return this.#gate.refusal();
    try {
      const returned = this.#tool.execute(request.input, request.options);
      return isGenerator(returned) ? await this.#drain(returned) : await returned;
    } catch (thrown) {
      if (isSignal(thrown)) this.#end(thrown);
      throw thrown;
    }
  }

  /** What the wrapper gives, with what the calls inside it yield. */
  during(work: Promise<Output> | AsyncGenerator<unknown, Output>): AsyncGenerator<unknown, Output> {
    this.#isLater = true;
    return this.#during(work);
  }

  async *#during(
    work: Promise<Output> | AsyncGenerator<unknown, Output>,
  ): AsyncGenerator<unknown, Output> {
    this.#reading.resolve();
    try {
      if (!isGenerator(work)) return yield* this.#until(work);
      for (;;) {
        const next = yield* this.#until(work.next());
        if (next.done) return next.value;
        yield next.value;
      }
    } finally {
      this.#close();
      if (isGenerator(work)) void abandon(work);
    }
  }

  async *#until<Value>(work: Promise<Value>): AsyncGenerator<unknown, Value> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      this.#bell.ring();
    };
    work.then(settle, settle);
    for (;;) {
      for (let [handed] = this.#handed; handed; [handed] = this.#handed) {
        yield handed.value;
        this.#handed.shift();
        handed.taken();
      }
      if (this.#signal) throw this.#signal.thrown;
      if (isSettled) return await work;
      await this.#bell.wait();
    }
  }

  async #drain(inner: AsyncGenerator<unknown, Output>): Promise<Output> {
    this.#open.add(inner);
    await this.#reading.promise;
    for (;;) {
      const next = await inner.next();
      if (next.done) {
        this.#open.delete(inner);
        return next.value;
      }
      await this.#hand(next.value);
    }
  }

  #hand(value: unknown): Promise<void> {
    if (this.#isOver) return this.#gate.refusal();
    return new Promise((taken, left) => {
      this.#handed.push({ value, taken, left });
      this.#bell.ring();
    });
  }

  #end(thrown: unknown): void {
    this.#signal ??= { thrown };
    this.#isOver = true;
    this.#bell.ring();
  }

  #close(): void {
    this.#isOver = true;
    for (const inner of this.#open) void abandon(inner);
    for (const { left } of this.#handed.splice(0)) this.#gate.refusal().catch(left);
  }
}

interface Handed {
  readonly value: unknown;
  readonly taken: () => void;
  readonly left: (reason: unknown) => void;
}

/** What the loop throws to itself: no wrapper can answer it. */
export function isSignal(thrown: unknown): boolean {
  return [Waiting, Limit, Exceeded, Interrupted].some((each) => thrown instanceof each);
}

/** Whether a tool works as an async generator. */
export function isGenerator<Result>(value: unknown): value is AsyncGenerator<unknown, Result> {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value
  );
}
