import { wordsOf } from "../errors.ts";
import type { UserMessage } from "../message.ts";
import { checkOptions } from "../options.ts";

/**
 * What is checked on its way through a run. Each check is one function or a list, asked in order: what one replaces, the next
 * one sees. A check that throws, or answers what it must not, blocks.
 */
export interface Guardrails<Context = unknown> {
  /**
   * Sees the new messages of a run, before the model does; not the history, and not what `steer` says. A block ends the run
   * as `stopped` with the reason `"guardrail"` before anything is asked.
   *
   * @defaultValue none
   */
  readonly input?: Guards<CheckedInput, string | readonly UserMessage[], Context> | undefined;
  /**
   * Sees the text of an answer that calls no tools, before anybody else does: until it has passed, nothing of it is shown. A
   * block ends the run as `stopped` with the reason `"guardrail"`. The model's visible thinking is not held back. The checks
   * of the agent that a run began with hold after a handoff too: they are asked before those of the other agent.
   *
   * @defaultValue none
   */
  readonly output?: Guards<CheckedOutput, string, Context> | undefined;
  /**
   * Sees the arguments of a call that is valid and allowed, just before it runs. A block is told to the model in place of a
   * result, and the call does not run; a replacement must fit the schema of the tool.
   *
   * @defaultValue none
   */
  readonly toolInput?:
    | Guards<CheckedToolInput, Readonly<Record<string, unknown>>, Context>
    | undefined;
  /**
   * Sees what a tool gave, or the words of its error, before the model does. A block withholds it from the model and from the
   * run's events and state; a replacement takes its place in all of them.
   *
   * @defaultValue none
   */
  readonly toolResult?: Guards<CheckedToolResult, unknown, Context> | undefined;
}

/** One check, or several. */
export type Guards<Checked, Value, Context> =
  | Guard<Checked, Value, Context>
  | ReadonlyArray<Guard<Checked, Value, Context>>;

/**
 * Looks at something and says nothing when it may pass. It has the time of the step it is a part of; a check of the input,
 * which comes before all steps, has that of the run.
 */
export type Guard<Checked, Value, Context = unknown> = (
  checked: Checked & GuardOptions<Context>,
) => Objection<Value> | undefined | void | Promise<Objection<Value> | undefined | void>;

/** What a check has to say: why something must not pass, or what is to pass in its place. */
export type Objection<Value> =
  | { readonly block: string; readonly replace?: undefined }
  | { readonly replace: Value; readonly block?: undefined };

/** What a check can reach besides what it looks at. */
export interface GuardOptions<Context = unknown> {
  /** The value given to `run` as `context`. */
  readonly context: Context;
  /** Aborted when the run is aborted or the step's time is over. */
  readonly signal: AbortSignal;
}

/** What a run is asked. */
export interface CheckedInput {
  readonly messages: readonly UserMessage[];
  /** The texts of the messages, one after another. */
  readonly text: string;
}

/** What a model answers in the end. */
export interface CheckedOutput {
  readonly text: string;
}

/** What a tool is about to do. */
export interface CheckedToolInput {
  readonly callId: string;
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a tool gave. */
export interface CheckedToolResult {
  readonly callId: string;
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Undefined when the tool failed. */
  readonly output: unknown;
  /** What the model would read. */
  readonly text: string;
  readonly isError: boolean;
}

/** Checked guardrails, each a list. */
export interface GuardLists {
  readonly input: readonly AnyGuard[];
  readonly output: readonly AnyGuard[];
  readonly toolInput: readonly AnyGuard[];
  readonly toolResult: readonly AnyGuard[];
}

type AnyGuard = Guard<never, unknown, never>;

const kinds = ["input", "output", "toolInput", "toolResult"] as const;

/** @throws TypeError when there is an unknown kind of guardrail, or one is no function. */
export function readGuardrails(
  where: string,
  given: Guardrails<never> | undefined,
): GuardLists | undefined {
  if (given === undefined) return undefined;
  checkOptions(`${where}: "guardrails"`, given, kinds);
  const lists = kinds.map((kind) => {
    const of = given[kind];
    const guards = (of === undefined ? [] : [of].flat()) as readonly AnyGuard[];
    if (!guards.every((each) => typeof each === "function"))
      throw new TypeError(
        `${where}: "guardrails.${kind}" must be a function, or a list of functions.`,
      );
    return [kind, guards] as const;
  });
  return Object.fromEntries(lists) as unknown as GuardLists;
}

/** What came of asking: why it is blocked, or what may pass. */
export type Passage<Checked> =
  | { readonly blocked: string }
  | { readonly blocked?: undefined; readonly checked: Checked; readonly isReplaced: boolean };

/** How a kind of guardrail is asked. */
export interface Asking<Checked, Value> extends GuardOptions {
  /** What the next guard sees. @throws Error when a value can take nothing's place. */
  readonly replaced: (checked: Checked, value: Value) => Checked | Promise<Checked>;
  /** What the words of a guard go through. */
  readonly clean: <Words>(words: Words) => Words;
}

/** Asks one guard after another, until one blocks. Never throws: a guard that fails lets nothing pass. */
export async function askGuards<Checked extends object, Value>(
  guards: readonly AnyGuard[],
  given: Checked,
  { context, signal, replaced, clean }: Asking<Checked, Value>,
): Promise<Passage<Checked>> {
  let checked = given;
  for (const guard of guards as ReadonlyArray<Guard<Checked, Value>>) {
    try {
      const said = await guard({ ...checked, context, signal });
      if (said === undefined) continue;
      const { block, replace } = objectionOf<Value>(said);
      if (block !== undefined) return { blocked: clean(block) };
      checked = await replaced(checked, clean(replace));
    } catch (error) {
      return { blocked: clean(wordsOf(error)) };
    }
  }
  return { checked, isReplaced: checked !== given };
}

function objectionOf<Value>(said: unknown): Objection<Value> {
  // A text has a "replace" of its own.
  const { block, replace } = (typeof said === "object" && said ? said : {}) as {
    readonly block?: unknown;
    readonly replace?: unknown;
  };
  const isBlock = typeof block === "string" && block !== "" && replace === undefined;
  if (isBlock || (block === undefined && replace !== undefined)) return said as Objection<Value>;
  throw new TypeError(
    'a guardrail must return nothing, { block: "the reason" } or { replace: a value }',
  );
}
