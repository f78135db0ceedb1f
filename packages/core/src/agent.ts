import { EventEmitter } from "eventemitter3";

import { AgentStream } from "./agent-stream.ts";
import { checkOptions } from "./options.ts";
import { readOptions, type AgentOptions, type AgentSetup } from "./agent-options.ts";
import { wordsOf } from "./errors.ts";
import { subagent, type SubagentOptions } from "./subagent.ts";
import { type AgentEvent, eventTypes } from "./event.ts";
import { begin, resumeFrom, type Beginning, type Input, type WatchedSetup } from "./beginning.ts";
import type { Decision, RunResult, RunState } from "./result.ts";
import { isThenable } from "./thenable.ts";
import type { ContextOf, Tool, ToolSet, SuccessOf } from "./tool.ts";

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

type EventOf<Tools extends ToolSet, Type extends AgentEvent["type"]> = Extract<
  AgentEvent<SuccessOf<Tools>>,
  { readonly type: Type }
>;

/** A model, what it is told, and the tools it may use. Holds no state of any run: one agent serves as many at once as you like. */
export class Agent<const Tools extends ToolSet = readonly []> {
  readonly name: string;
  readonly #setup: AgentSetup;
  readonly #observers = new EventEmitter();

  /** @throws TypeError naming the fix, when an option is unknown or wrong, or two tools have one name. */
  constructor(options: AgentOptions<Tools, ContextOf<Tools>>) {
    this.#setup = readOptions(options);
    this.name = this.#setup.name;
  }

  /**
   * Runs to the end and says how it ended.
   *
   * @throws TypeError for wrong input or options, and for nothing else.
   */
  async run(
    input: Input,
    ...[options]: With<RunOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): Promise<RunResult<SuccessOf<Tools>>> {
    return this.#open(begin(this.#drained(), input, options)).result;
  }

  /**
   * The same run, to be watched as it happens.
   *
   * @throws TypeError for wrong input or options.
   */
  stream(
    input: Input,
    ...[options]: With<RunOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): AgentStream<SuccessOf<Tools>> {
    return this.#open(begin({ ...this.#setup, isWatched: true }, input, options));
  }

  /**
   * Goes on with a run that was paused, stopped, aborted or failed, from its state, in any process. A state is used once: the
   * calls of one that is resumed twice run twice, unless `idempotencyKey`, the same both times, keeps them from it.
   *
   * @throws TypeError for a state that is not this agent's, and for a decision on a call that waits for none.
   */
  async resume(
    state: RunState,
    ...[options]: With<ResumeOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): Promise<RunResult<SuccessOf<Tools>>> {
    return this.#open(resumeFrom(this.#drained(), state, options)).result;
  }

  /** The same as {@link Agent.resume}, to be watched as it happens. */
  resumeStream(
    state: RunState,
    ...[options]: With<ResumeOptions<ContextOf<Tools>>, ContextOf<Tools>>
  ): AgentStream<SuccessOf<Tools>> {
    return this.#open(resumeFrom({ ...this.#setup, isWatched: true }, state, options));
  }

  /** This agent as a tool of another: it gets a task, and its answer is the output. Its events come as progress. */
  asTool<const Name extends string = string>(
    options: SubagentOptions<Name>,
  ): Tool<Name, { readonly task: string }, string, ContextOf<Tools>> {
    return subagent(this.#setup, options);
  }

  /**
   * Calls `listener` for each event of one type, in all runs that begin from now on. Observers cannot slow a run; what they
   * throw becomes a warning.
   *
   * @throws TypeError when there are no events of this type.
   */
  on<Type extends AgentEvent["type"]>(
    type: Type,
    listener: (event: EventOf<Tools, Type>, run: Observed) => void,
  ): this {
    checkOptions("on", { [type]: listener }, eventTypes);
    this.#observers.on(type, listener);
    return this;
  }

  /** Takes back what {@link Agent.on} began. */
  off<Type extends AgentEvent["type"]>(
    type: Type,
    listener: (event: EventOf<Tools, Type>, run: Observed) => void,
  ): this {
    this.#observers.off(type, listener);
    return this;
  }

  /** A run that is read only for its end is watched by the observers, if there are any. */
  #drained(): WatchedSetup {
    return { ...this.#setup, isWatched: this.#observers.eventNames().length > 0 };
  }

  #open(beginning: Beginning): AgentStream<SuccessOf<Tools>> {
    // The loop knows tools by name only; here, where the agent's own tools are known, its events and result get their types.
    const { run, ...typed } = beginning as unknown as Beginning<SuccessOf<Tools>>;
    return new AgentStream({ ...typed, observe: (event) => this.#tell(event, run) });
  }

  #tell(event: AgentEvent<SuccessOf<Tools>>, run: Observed): void {
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
