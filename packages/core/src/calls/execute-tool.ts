import type { Spent } from "../budget/account.ts";
import { type Budget, Exceeded } from "../budget/budget.ts";
import { type Offload, offloaded } from "../context/offload.ts";
import { readResultName } from "../context/read-result.ts";
import { notRun, ToolError, wordsOf } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import { isCounted, type Usage } from "../message.ts";
import { Reports } from "./reports.ts";
import type { Place } from "./schedule.ts";
import { abandon, Interrupted, longestMs, Scope, TimeOver } from "../scope.ts";
import { isThenable } from "../thenable.ts";
import type { Tool, ToolOptions } from "../tool.ts";
import { toolText, wholeText } from "./tool-text.ts";
import { Waiting } from "./waiting.ts";

/** What is kept of a call that ran. */
export type ToolRecord = Made & {
  /** What the tool itself used, such as a subagent's tokens and calls; absent when it used nothing. */
  readonly spent?: ToolSpent | undefined;
};

type Made =
  | { readonly output: unknown; readonly text: string; readonly error?: undefined }
  | { readonly error: ToolError };

/** What a call used besides being one. */
type ToolSpent = Omit<Spent, "ms">;

/** A checked and allowed call, ready to run. */
export interface ReadyCall {
  readonly tool: Tool;
  readonly input: unknown;
  /** The arguments as the model gave them. */
  readonly given: unknown;
  readonly options: Omit<ToolOptions, "progress" | "signal" | "spend">;
  readonly scope: Scope;
  readonly timeoutMs: number | undefined;
  readonly offload: Offload | undefined;
  /** Its place among the calls of one answer, where there are several. */
  readonly place?: Place | undefined;
}

/**
 * Runs a tool to its end, or to the end of its scope if that comes first, and says what is known of it afterwards.
 *
 * @throws Interrupted when the run ended before the tool could begin, Exceeded when the budget leaves no call.
 */
export async function* executeTool(call: ReadyCall): AsyncGenerator<AgentEvent, ToolRecord> {
  const { budget, callId, toolName, isWatched } = call.options;
  if (call.place) await ownTurn(call, call.place);
  // A call that was left open began before, and was counted then.
  const isNew = !budget.wasOpen(callId);
  if (isNew) budget.takeToolCall();
  if (isWatched) yield { type: "tool-start", callId, toolName, input: call.input };
  // A slow watcher may have held that event for long: the run may be over, and the tool's own time begins only now.
  const scope = new Scope(call.scope, { ms: call.timeoutMs });
  const startedAt = performance.now();
  const account = new CallAccount(budget, callId);
  let made: Made;
  try {
    if (call.scope.isOver && isWatched)
      yield { type: "tool-end", callId, toolName, outcome: "not-run", durationMs: 0 };
    call.scope.check();
    made = yield* attempt({ ...call, scope: scope.open() }, account);
  } catch (error) {
    // It never began; or else it is left open, and its open part says so when it goes on.
    if (isNew && error instanceof Interrupted) budget.add({ toolCalls: -1 });
    throw error;
  } finally {
    scope.close();
  }
  const outcome = made.error ? made.error.outcome : "ok";
  const durationMs = performance.now() - startedAt;
  if (isWatched) yield { type: "tool-end", callId, toolName, outcome, durationMs };
  const spent = account.close();
  return spent ? { ...made, spent } : made;
}

/** What one call uses of the run's budget: a part of it, made when it is first asked for. */
class CallAccount {
  readonly #run: Budget;
  readonly #callId: string;
  #own: Budget | undefined;
  #isClosed = false;

  constructor(run: Budget, callId: string) {
    this.#run = run;
    this.#callId = callId;
  }

  get budget(): Budget {
    return (this.#own ??= this.#run.part({}, this.#callId));
  }

  readonly spend = (usage: Usage): void => {
    if (!isCounted(usage))
      throw new TypeError(
        "spend takes { inputTokens, outputTokens, totalTokens } and, if known, usd: numbers of at least 0.",
      );
    // What a tool that was left behind goes on to use is no longer part of its call.
    if (!this.#isClosed) this.budget.add({ usage });
  };

  close(): ToolSpent | undefined {
    this.#isClosed = true;
    this.#own?.close();
    if (!this.#own) return undefined;
    const { usage, steps, toolCalls } = this.#own.spent;
    return { usage, steps, toolCalls };
  }
}

/** Waits until calls before it leave it a place, and do not work on the same thing. */
async function ownTurn({ tool, input, scope }: ReadyCall, place: Place): Promise<void> {
  const isExclusive = tool.effect !== "read";
  const turn = place.schedule.enter(place.index, {
    resources: resourcesOf(tool, input),
    isExclusive,
  });
  if (turn) await scope.race(turn);
}

function resourcesOf({ resources }: Tool, input: unknown): readonly string[] {
  if (!resources) return [];
  try {
    const named: readonly unknown[] = [resources(input as never)].flat();
    if (named.every((each) => typeof each === "string")) return named;
    throw new TypeError('"resources" must return a name, or a list of names.');
  } catch (error) {
    throw notRun("failed", `Not executed: ${wordsOf(error)}`, error);
  }
}

async function* attempt(call: ReadyCall, account: CallAccount): AsyncGenerator<AgentEvent, Made> {
  try {
    const output = yield* outputOf(call, account);
    const text = textFor(call, output);
    return { output, text: typeof text === "string" ? text : await text };
  } catch (error) {
    if (error instanceof Waiting || error instanceof Exceeded) throw error;
    if (error instanceof Interrupted) return { error: interruption(call, error.reason) };
    if (error instanceof ToolError) return { error };
    return {
      error: new ToolError(`Error: ${wordsOf(error)}`, {
        code: "failed",
        outcome: "failed",
        cause: error,
      }),
    };
  }
}

/** A long text is kept aside before it would be cut. */
function textFor(call: ReadyCall, output: unknown): string | Promise<string> {
  const { offload, options, scope } = call;
  if (!offload || options.toolName === readResultName) return toolText(output);
  return offloaded(wholeText(output), offload, { ...options, scope }).then(toolText);
}

async function* outputOf(
  call: ReadyCall,
  account: CallAccount,
): AsyncGenerator<AgentEvent, unknown> {
  const { tool, input, options, scope } = call;
  const reports = new Reports(options);
  const own = {
    ...options,
    get signal(): AbortSignal {
      return scope.signal;
    },
    get budget(): Budget {
      return account.budget;
    },
    progress: (value: unknown): void => reports.add(value),
    spend: account.spend,
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
    : `The run ${reason instanceof Exceeded ? "ran out of time" : "was aborted"} while the tool was at work.`;
  const doubt = tool.effect === "read" ? "" : " Its outcome is unknown: it may have taken effect.";
  return new ToolError(what + doubt, {
    code: isTimeout ? "timeout" : "aborted",
    outcome: "unknown",
    cause: reason,
  });
}
