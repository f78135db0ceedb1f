import { wordsOf } from "./errors.ts";
import type { Usage } from "./message.ts";
import { checkOptions } from "./options.ts";
import type { Budget } from "./budget/budget.ts";
import type { Safeguards } from "./safeguards.ts";
import { toSchema, type Infer, type Schema, type SchemaSource } from "./schema.ts";
import type { Steps } from "./steps.ts";
import { isDuration } from "./timeouts.ts";

/** Something a model can have done: what it is for, what it takes, and the code that does it. Made by {@link tool}. */
export interface Tool<
  Name extends string = string,
  Input = never,
  Output = unknown,
  Context = never,
> {
  readonly name: Name | undefined;
  readonly description: string;
  readonly inputSchema: Schema;
  readonly effect: ToolEffect;
  readonly needsApproval:
    | boolean
    | ((input: Input, options: ToolOptions<Context>) => boolean | Promise<boolean>);
  readonly resources: ((input: Input) => string | readonly string[]) | undefined;
  readonly poll: boolean;
  readonly timeoutMs: number | undefined;
  readonly handoff: (() => object) | undefined;
  readonly execute: (input: Input, options: ToolOptions<Context>) => ToolReturn<Output>;
}

/**
 * What a tool does to the world: looks, changes, or changes for good. It tells people and models what a lost call may have
 * done, and which calls on one resource may run side by side.
 */
export type ToolEffect = "read" | "write" | "irreversible";

/** What `execute` may return: a value, a promise, or an async generator that yields progress and returns the value. */
export type ToolReturn<Output> = Output | Promise<Output> | AsyncGenerator<unknown, Output>;

/** A tool as its author writes it: one object literal. */
export interface ToolDefinition<Source, Return, Name extends string, Context> {
  /** The name the model calls it by, needed when tools are given as a list; in a record the key is the name. Letters, digits, `_` and `-`, 64 at most. */
  readonly name?: Name | undefined;
  /** What the tool is for and when to use it: the model chooses by this text. */
  readonly description: string;
  /** The arguments: a zod 4 or zod 3 object, a Standard Schema with JSON Schema, or a JSON Schema of `type: "object"`. */
  readonly inputSchema: Source;
  /**
   * What it does to the world.
   *
   * @defaultValue `"read"`
   */
  readonly effect?: ToolEffect | undefined;
  /**
   * Whether a person must agree before a call runs: always, or by its arguments. The run pauses until then.
   *
   * @defaultValue `false`
   */
  readonly needsApproval?:
    | boolean
    | ((input: Infer<Source>, options: ToolOptions<Context>) => boolean | Promise<boolean>)
    | undefined;
  /**
   * What a call works on, such as a file's name or an account: one name or several. Calls of one answer that name the same
   * resource run one after another in the order of the calls, unless all of them only read.
   *
   * @defaultValue none: calls run side by side
   */
  readonly resources?: ((input: Infer<Source>) => string | readonly string[]) | undefined;
  /**
   * Whether it is natural to call it again and again with the same result, as one does while waiting for something: such
   * calls do not count as a lack of progress.
   *
   * @defaultValue `false`
   */
  readonly poll?: boolean | undefined;
  /**
   * Milliseconds after which a call is given up, 1 to 2,147,483,647. The signal is aborted; a tool that ignores it is left
   * behind and the model is told that its outcome is unknown.
   *
   * @defaultValue the agent's `timeouts.toolMs`, else no limit but the run's
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The agent that goes on with the run after a call; made by `handoff(agent)`.
   *
   * @defaultValue the one that made the call
   */
  readonly handoff?: (() => object) | undefined;
  /** Does the work. What it returns is given to the model: a string as it is, anything else as JSON. What it throws becomes an error result. */
  readonly execute: (input: Infer<Source>, options: ToolOptions<Context>) => Return;
}

/** What a running tool can reach besides its arguments. */
export interface ToolOptions<Context = unknown> {
  /** The value given to `run` as `context`. */
  readonly context: Context;
  /** Aborted when the run is aborted or the tool's time is over. */
  readonly signal: AbortSignal;
  /** The same on every attempt at this call: hand it to services that take one. */
  readonly idempotencyKey: string;
  readonly callId: string;
  readonly toolName: string;
  readonly runId: string;
  /** Whether anybody sees what `progress` reports; a tool may save itself the trouble. */
  readonly isWatched: boolean;
  /** Tells watchers how far the work is, as a `tool-progress` event. Any value; it is not kept and not shown to the model. */
  readonly progress: (value: unknown) => void;
  /** Adds what the tool itself consumed to the usage of the run. */
  readonly spend: (usage: Usage) => void;
  /** What the run keeps secret. For subagents. */
  readonly safeguards: Safeguards | undefined;
  /** What the run may still use. For subagents. */
  readonly budget: Budget;
  /** Whether the run may ask a model once more after a failure; each yes is taken off its budget of retries. For subagents. */
  readonly mayRetry: () => boolean;
  /** Durable steps inside this call, for tools that are themselves made of steps (a subagent is one). */
  readonly steps: Steps;
}

/** The tools of an agent: a record whose keys are the names, or a list of tools that carry a `name`. */
export type ToolSet = Readonly<Record<string, Tool>> | readonly Tool[];

/** What calls of the tools of a set give: `toolName` tells the types of `input` and `output`. */
export type SuccessOf<Tools extends ToolSet> = SuccessesOf<ToolsByName<Tools>>;

type SuccessesOf<Tools> = {
  [Name in keyof Tools & string]: Tools[Name] extends Tool<string, infer Input, infer Output>
    ? {
        readonly callId: string;
        readonly toolName: Name;
        /** Of tools of which nothing is known, nothing is known of their inputs. */
        readonly input: [Input] extends [never] ? unknown : Input;
        readonly output: Output;
        readonly error?: undefined;
      }
    : never;
}[keyof Tools & string];

/** The context that all tools of a set together ask for. */
export type ContextOf<Tools extends ToolSet> = [EachOf<Tools>] extends [
  Tool<string, never, unknown, infer Context>,
]
  ? Context
  : unknown;

type EachOf<Tools extends ToolSet> = Tools extends readonly (infer Each)[]
  ? Each
  : Tools[keyof Tools];

type ToolsByName<Tools extends ToolSet> = Tools extends readonly Tool[]
  ? { [Each in Tools[number] as NonNullable<Each["name"]>]: Each }
  : Tools;

/** Asked for a promise first: whether a promise is a generator is a long question to the compiler. */
type ReturnedBy<Return> =
  Return extends Promise<infer Output>
    ? Output
    : Return extends AsyncGenerator<unknown, infer Output>
      ? Output
      : Awaited<Return>;

const optionNames = [
  "name",
  "description",
  "inputSchema",
  "effect",
  "needsApproval",
  "resources",
  "poll",
  "timeoutMs",
  "handoff",
  "execute",
];

/**
 * Makes a tool from one object literal; the types of `execute` come from `inputSchema`.
 *
 * @throws TypeError when an option is unknown or of the wrong kind, or the arguments are not an object.
 */
export function tool<
  const Source extends object,
  Return,
  const Name extends string = string,
  Context = unknown,
>(
  definition: ToolDefinition<Source, Return, Name, Context>,
): Tool<Name, Infer<Source>, ReturnedBy<Return>, NoInfer<Context>> {
  const { name: called } = Object(definition) as typeof definition;
  const where = called ? `Tool "${called}"` : "A tool";
  checkOptions(where, definition, optionNames);
  const { effect = "read", needsApproval = false, poll = false, ...given } = definition;
  const problem = problemOf({ ...given, effect, needsApproval, poll });
  if (problem) throw new TypeError(`${where}: ${problem}`);
  const { name, description, resources, timeoutMs, handoff, execute } = given;
  const inputSchema = objectSchema(where, given.inputSchema as SchemaSource);
  // The return type is narrowed in `Tool` to what the loop hands out; `execute` itself is used as it was given.
  return {
    name,
    description,
    inputSchema,
    effect,
    needsApproval,
    resources,
    poll,
    timeoutMs,
    handoff,
    execute,
  } as unknown as Tool<Name, Infer<Source>, ReturnedBy<Return>, Context>;
}

/** What is wrong with a definition, apart from its schema. */
function problemOf(definition: {
  readonly [Option in keyof ToolDefinition<SchemaSource, unknown, string, never>]: unknown;
}): string | undefined {
  const { name, description, effect, needsApproval, resources, poll, timeoutMs, execute } =
    definition;
  if (name !== undefined && !(typeof name === "string" && /^[\w-]{1,64}$/.test(name)))
    return "a name takes letters, digits, _ and -, 64 at most.";
  if (typeof description !== "string" || description.trim() === "")
    return '"description" must say what it is for: the model chooses by it.';
  if (typeof execute !== "function") return '"execute" must be a function.';
  if (!["read", "write", "irreversible"].includes(String(effect)))
    return '"effect" must be "read", "write" or "irreversible".';
  if (typeof needsApproval !== "boolean" && typeof needsApproval !== "function")
    return '"needsApproval" must be true, false, or a function that returns one of them.';
  if (resources !== undefined && typeof resources !== "function")
    return '"resources" must be a function that returns a name, or a list of names.';
  if (typeof poll !== "boolean") return '"poll" must be true or false.';
  if (timeoutMs !== undefined && !isDuration(timeoutMs))
    return '"timeoutMs" must be a number of milliseconds, 1 to 2147483647.';
  return undefined;
}

function objectSchema(where: string, source: SchemaSource): Schema {
  let schema: Schema;
  try {
    schema = toSchema(source);
  } catch (cause) {
    throw new TypeError(`${where}: "inputSchema": ${wordsOf(cause)}`, { cause });
  }
  if (schema.json["type"] !== "object")
    throw new TypeError(
      `${where}: "inputSchema" must describe an object, such as z.object({ … }) or { type: "object", properties: { … } }.`,
    );
  return schema;
}
