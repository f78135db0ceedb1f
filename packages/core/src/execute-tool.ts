import { Bell } from "./bell.ts";
import { ToolError, wordsOf } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import { addUsage, noUsage, type Usage } from "./message.ts";
import { abandon, Interrupted, Scope, TimeOver } from "./scope.ts";
import { isThenable } from "./thenable.ts";
import type { Tool, ToolOptions } from "./tool.ts";
import { toolText } from "./tool-text.ts";
import { Waiting } from "./waiting.ts";

/** What is kept of a call that ran. */
export type ToolRecord =
  | {
      readonly output: unknown;
      readonly text: string;
      readonly error?: undefined;
      readonly usage?: Usage | undefined;
    }
  | { readonly error: ToolError; readonly usage?: Usage | undefined };

/** A checked and allowed call, ready to run. */
export interface ReadyCall {
  readonly tool: Tool;
  readonly input: unknown;
  readonly options: Omit<ToolOptions, "progress" | "signal" | "spend">;
  readonly scope: Scope;
}

/**
 * Runs a tool to its end, or to the end of its scope if that comes first, and says what is known of it afterwards.
 *
 * @throws Interrupted when the run ended before the tool could begin.
 */
export async function* executeTool(call: ReadyCall): AsyncGenerator<AgentEvent, ToolRecord> {
  const { callId, toolName, isWatched } = call.options;
  if (isWatched) yield { type: "tool-start", callId, toolName, input: call.input };
  // A slow watcher may have held that event for long: the run may be over, and the tool's own time begins only now.
  call.scope.check();
  const scope = new Scope(call.scope, call.tool.timeoutMs).open();
  const startedAt = performance.now();
  let usage: Usage | undefined;
  const spend = (spent: Usage): void => {
    const { inputTokens, outputTokens, totalTokens } = spent;
    if (![inputTokens, outputTokens, totalTokens].every(Number.isFinite))
      throw new TypeError("spend takes { inputTokens, outputTokens, totalTokens }, all numbers.");
    usage = addUsage(usage ?? noUsage, spent);
  };
  let record: ToolRecord;
  try {
    record = yield* attempt({ ...call, scope }, spend);
  } finally {
    scope.close();
  }
  const outcome = record.error ? record.error.outcome : "ok";
  const durationMs = performance.now() - startedAt;
  if (isWatched) yield { type: "tool-end", callId, toolName, outcome, durationMs };
  return usage ? { ...record, usage } : record;
}

async function* attempt(
  call: ReadyCall,
  spend: ToolOptions["spend"],
): AsyncGenerator<AgentEvent, ToolRecord> {
  try {
    const output = yield* outputOf(call, spend);
    return { output, text: toolText(output) };
  } catch (error) {
    if (error instanceof Waiting) throw error;
    if (error instanceof Interrupted) return { error: interruption(call, error.reason) };
    return {
      error: new ToolError(`Error: ${wordsOf(error)}`, {
        code: "failed",
        outcome: "failed",
        cause: error,
      }),
    };
  }
}

async function* outputOf(
  call: ReadyCall,
  spend: ToolOptions["spend"],
): AsyncGenerator<AgentEvent, unknown> {
  const { tool, input, options, scope } = call;
  const reports = new Reports(options);
  const own = {
    ...options,
    get signal(): AbortSignal {
      return scope.signal;
    },
    progress: (value: unknown): void => reports.add(value),
    spend,
  };
  const returned = tool.execute(input as never, own as never);
  // A plain value is there at once: there is nothing to wait for, and nothing that could be given up.
  if (!isThenable(returned) && !isGenerator(returned)) {
    yield* reports.taken();
    return returned;
  }
  const values = isGenerator(returned) ? scope.guard(returned) : undefined;
  // A tool that waits for nothing leaves the process nothing to live for, and it would end before the deadline does.
  const alive = setInterval(() => {}, longestMs);
  try {
    if (!values) return yield* reports.during(scope.race(Promise.resolve(returned)));
    for (;;) {
      const next = yield* reports.during(values.next());
      if (next.done) return next.value;
      if (options.isWatched) yield reports.event(next.value);
    }
  } finally {
    clearInterval(alive);
    reports.close();
    if (values) void abandon(values);
  }
}

/** The longest that a timer can hold. */
const longestMs = 2_147_483_647;

/** What a tool reports while it works, kept until it is taken. */
class Reports {
  readonly #events: AgentEvent[] = [];
  readonly #bell = new Bell();
  readonly #named: Pick<ToolOptions, "callId" | "toolName">;
  #isClosed: boolean;

  constructor({ callId, toolName, isWatched }: ReadyCall["options"]) {
    this.#named = { callId, toolName };
    this.#isClosed = !isWatched;
  }

  add(value: unknown): void {
    if (this.#isClosed) return;
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

function isGenerator(value: unknown): value is AsyncGenerator<unknown, unknown> {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value
  );
}

/** A lost read has changed nothing; of anything else nobody knows, and the model must not believe it undone. */
function interruption({ tool }: ReadyCall, reason: unknown): ToolError {
  const isTimeout = reason instanceof TimeOver;
  const what = isTimeout
    ? `The tool ${reason.message}.`
    : "The run was aborted while the tool was at work.";
  const doubt = tool.effect === "read" ? "" : " Its outcome is unknown: it may have taken effect.";
  return new ToolError(what + doubt, {
    code: isTimeout ? "timeout" : "aborted",
    outcome: "unknown",
    cause: reason,
  });
}
