import { EventEmitter } from "eventemitter3";

import { AgentStream } from "./agent-stream.ts";
import { checkOptions } from "./options.ts";
import type { AgentOptions } from "./agent-options.ts";
import { type AgentSetup, readOptions, setupOf } from "./agent-setup.ts";
import type { BudgetLimits } from "./budget/budget-limits.ts";
import { wordsOf } from "./errors.ts";
import { subagent, type SubagentOptions } from "./subagent.ts";
import { type AgentEvent, type EventsByType, eventTypes } from "./event.ts";
import { begin, resumeFrom, type Beginner, type Beginning, type Input } from "./beginning.ts";
import type { Decision, RunResult, RunState } from "./result.ts";
import type { Infer, Schema, SchemaSource, StandardSchema } from "./schema.ts";
import type { Session } from "./session/session.ts";
import { isThenable } from "./thenable.ts";
import type { ContextOf, Tool, ToolSet, SuccessOf } from "./tool.ts";
import { UsedApprovals } from "./calls/used-approvals.ts";

/** What may be said of one run. */
export interface RunOptions<Context = unknown> {
  /** Ends the run as `aborted` within 50 ms, whatever its tools and its provider do. */
  readonly signal?: AbortSignal | undefined;
  /** Handed to each tool, and to `instructions` where that is a function. Never shown to the model. */
  readonly context?: Context | undefined;
  /**
   * The name of the run: 1 to 100 letters, digits, `.`, `_`, `:` and `-`.
   *
   * @defaultValue a random UUID
   */
  readonly runId?: string | undefined;
  /**
   * How often the model may answer in the whole run, parts before a resume included; at least 1.
   *
   * @defaultValue the agent's
   */
  readonly maxSteps?: number | undefined;
  /**
   * What the run may use, its subagents and the parts before a resume included; then it ends as `stopped` and can be resumed
   * with a larger one.
   *
   * @defaultValue no limits; on a resume those that the run was given before
   */
  readonly budget?: BudgetLimits | undefined;
  /**
   * The conversation that the run is a part of: it begins with what was said there before, and what it says is added when it
   * is completed. Runs of one session wait for each other. A run that ended otherwise adds nothing, until a resume with the
   * same session completes it. Subagents do not take part.
   *
   * @defaultValue none
   */
  readonly session?: Session | undefined;
}

/** What may be said when a run goes on; its name is in its state. */
export interface ResumeOptions<Context = unknown> extends Omit<RunOptions<Context>, "runId"> {
  /** One for each waiting call, in any order; calls without one go on waiting. */
  readonly decisions?: readonly Decision[] | undefined;
}

/** Context must be given as soon as a tool asks for a certain one. */
type With<Options, Context> = unknown extends Context
  ? [options?: Options]
  : [Context] extends [never]
    ? [options?: Options & { readonly context?: unknown }]
    : undefined extends Context
      ? [options?: Options & { readonly context?: Context }]
      : [options: Options & { readonly context: Context }];

/** Told beside each event to observers, who see the runs of an agent mixed. */
export interface Observed {
  readonly runId: string;
}

type EventOf<Tools extends ToolSet, Output, Type extends keyof EventsByType> = EventsByType<
  SuccessOf<Tools>,
  Output
>[Type];

/**
 * What a completed run gives: text, or what the agent's `output` schema makes of it. Of a JSON Schema only the type
 * `"object"` is read here.
 */
export type OutputOf<Source extends SchemaSource | undefined> = Source extends SchemaSource
  ? Source extends StandardSchema | Schema | { readonly type: "object" }
    ? Infer<Source>
    : unknown
  : string;

/** A model, what it is told, and the tools it may use. Holds no state of any run: one agent serves as many at once as you like. */
export class Agent<
  const Tools extends ToolSet = readonly [],
  const Output extends SchemaSource | undefined = undefined,
> {
  readonly name: string;
  readonly #setup: AgentSetup;
  readonly #observers = new EventEmitter();
  readonly #approvals = new UsedApprovals();

  /** @throws TypeError naming the fix, when an option is unknown or wrong, or two tools have one name. */
  constructor(options: AgentOptions<Tools, ContextOf<Tools>, Output>) {
    this.#setup = readOptions(options);
    this.name = this.#setup.name;
    setupOf.set(this, this.#setup);
  }

  /**
   * Runs to the end and says how it ended.
   *
   * @throws TypeError for wrong input or options, and for nothing else.
   */
  async run(
    input: Input,
    ...[options]: With<RunOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): Promise<RunResult<SuccessOf<Tools>, OutputOf<Output>>> {
    return this.#open(begin(this.#beginner(), input, options)).result;
  }

  /**
   * The same run, to be watched as it happens.
   *
   * @throws TypeError for wrong input or options.
   */
  stream(
    input: Input,
    ...[options]: With<RunOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): AgentStream<SuccessOf<Tools>, OutputOf<Output>> {
    return this.#open(begin(this.#beginner(true), input, options));
  }

  /**
   * Goes on with a run that was paused, stopped, aborted or failed, from its state, in any process. An approval is good for one
   * call, and this agent refuses it a second time; what two processes do with one state they must settle between them, by
   * `idempotencyKey`, which is the same in both.
   *
   * @throws TypeError for a state that is not this agent's, and for a decision on a call that waits for none or was approved before.
   */
  async resume(
    state: RunState,
    ...[options]: With<ResumeOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): Promise<RunResult<SuccessOf<Tools>, OutputOf<Output>>> {
    return this.#open(resumeFrom(this.#beginner(), state, options)).result;
  }

  /** The same as {@link Agent.resume}, to be watched as it happens. */
  resumeStream(
    state: RunState,
    ...[options]: With<ResumeOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): AgentStream<SuccessOf<Tools>, OutputOf<Output>> {
    return this.#open(resumeFrom(this.#beginner(true), state, options));
  }

  /** This agent as a tool of another: it gets a task, and its answer is the output. Its events come as progress. */
  asTool<const Name extends string = string>(
    options: SubagentOptions<Name>,
  ): Tool<Name, { readonly task: string }, OutputOf<Output>, ContextOf<Tools>> {
    return subagent(this.#setup, options);
  }

  /**
   * Calls `listener` for each event of one type, in all runs that begin from now on. Observers cannot slow a run; what they
   * throw becomes a warning.
   *
   * @throws TypeError when there are no events of this type.
   */
  on<Type extends keyof EventsByType>(
    type: Type,
    listener: (event: EventOf<Tools, OutputOf<Output>, Type>, run: Observed) => void,
  ): this {
    checkOptions("on", { [type]: listener }, eventTypes);
    this.#observers.on(type, listener);
    return this;
  }

  /** Takes back what {@link Agent.on} began. */
  off<Type extends keyof EventsByType>(
    type: Type,
    listener: (event: EventOf<Tools, OutputOf<Output>, Type>, run: Observed) => void,
  ): this {
    checkOptions("off", { [type]: listener }, eventTypes);
    this.#observers.off(type, listener);
    return this;
  }

  /** A run that is read only for its end is watched by the observers, if there are any. */
  #beginner(isWatched = this.#observers.eventNames().length > 0): Beginner {
    return { setup: this.#setup, isWatched, approvals: this.#approvals };
  }

  #open(beginning: Beginning): AgentStream<SuccessOf<Tools>, OutputOf<Output>> {
    // The loop knows tools by name only; here, where the agent's own tools are known, its events and result get their types.
    const { run, ...typed } = beginning as unknown as Beginning<SuccessOf<Tools>, OutputOf<Output>>;
    return new AgentStream({ ...typed, observe: (event) => this.#tell(event, run) });
  }

  #tell(event: AgentEvent<SuccessOf<Tools>, OutputOf<Output>>, run: Observed): void {
    // One by one, where `emit` would let the first that throws silence the others.
    for (const listener of this.#observers.listeners(event.type)) {
      try {
        const told: unknown = listener(event, run);
        if (isThenable(told)) told.then(undefined, (error: unknown) => warn(event, error));
      } catch (error) {
        warn(event, error);
      }
    }
  }
}

function warn(event: AgentEvent, error: unknown): void {
  process.emitWarning(`An observer of "${event.type}" threw: ${wordsOf(error)}`, {
    type: "PawlWarning",
    detail: error instanceof Error ? (error.stack ?? "") : "",
  });
}
