import type { CompactionOptions } from "./context/compaction.ts";
import type { OffloadOptions } from "./context/offload.ts";
import type { Guardrails } from "./guardrails/guardrails.ts";
import type { Model, ToolChoice } from "./model.ts";
import type { Policy } from "./calls/policy.ts";
import type { PrepareStep } from "./turn/prepare-step.ts";
import type { SchemaSource } from "./schema.ts";
import type { StopWhen } from "./stop-when.ts";
import type { Timeouts } from "./timeouts.ts";
import type { ToolSet } from "./tool.ts";
import type { ToolSearchOptions } from "./tool-search/tool-search.ts";

/** What an agent is made of. */
export interface AgentOptions<
  Tools extends ToolSet,
  Context,
  Output extends SchemaSource | undefined = undefined,
> {
  /** Which model answers. */
  readonly model: Model;
  /**
   * What the agent is called in events, approvals and states.
   *
   * @defaultValue `"agent"`
   */
  readonly name?: string | undefined;
  /**
   * The standing orders, sent before the conversation; or a function that makes them from the context of a run.
   *
   * @defaultValue none
   */
  readonly instructions?: string | ((context: Context) => string | Promise<string>) | undefined;
  /**
   * What the model may have done: a record by name, or a list of tools that carry a name.
   *
   * @defaultValue none
   */
  readonly tools?: Tools | undefined;
  /**
   * Offers the model a tool `search_tools` in place of all the others, and those that it finds from the next step on: for
   * agents with so many tools that a prompt with all of them would be long and dear.
   *
   * @defaultValue `false`: all tools are offered
   */
  readonly toolSearch?: boolean | ToolSearchOptions | undefined;
  /**
   * Whether the model may, must or must not call a tool. A forced call is forced in the first step only.
   *
   * @defaultValue `"auto"`
   */
  readonly toolChoice?: ToolChoice | undefined;
  /**
   * How often the model may answer in one run, at least 1; then the run ends as `stopped` and can be resumed.
   *
   * @defaultValue 20
   */
  readonly maxSteps?: number | undefined;
  /**
   * How often one answer that broke off after a part of it was shown may begin anew, 0 to 10; a `reset` event comes before
   * each new beginning.
   *
   * @defaultValue 1
   */
  readonly maxRestarts?: number | undefined;
  /**
   * How often models may be asked again in one run, over all its steps and subagents, before a failure of the provider ends
   * the run; 0 or more.
   *
   * @defaultValue 20
   */
  readonly retryBudget?: number | undefined;
  /**
   * How many calls of one answer run at once, at least 1.
   *
   * @defaultValue 8
   */
  readonly toolConcurrency?: number | undefined;
  /**
   * What the answer has to be: a schema of anything that JSON has; `result.output` is then what it makes of the answer. Asked
   * for when no tool is called any more: an answer that fits by itself costs no further request.
   *
   * @defaultValue text
   */
  readonly output?: Output | undefined;
  /**
   * How often in a row the model is told why its answer does not fit `output`, 0 to 10; then the run ends as `failed` with an
   * `OutputError`. Each time is a step.
   *
   * @defaultValue 2
   */
  readonly outputRetries?: number | undefined;
  /**
   * Whether a call may run, must be agreed to by a person, or must not run; asked before each call, beside the tool's own
   * `needsApproval`: the stricter of the two holds.
   *
   * @defaultValue the tools decide alone
   */
  readonly policy?: Policy<Context> | undefined;
  /**
   * How long the parts of a run may take.
   *
   * @defaultValue no limits but those of the model and the tools
   */
  readonly timeouts?: Timeouts | undefined;
  /**
   * How often the same calls, alone or in a cycle of up to four steps, may give the same results before the run ends as
   * `stopped` with the reason `"no-progress"`: at least 2, or `Infinity` for no such limit. The model is told once before.
   * Tools marked `poll` do not count.
   *
   * @defaultValue 3
   */
  readonly maxRepeats?: number | undefined;
  /**
   * Changes what the model is asked in a step: another model, other messages, fewer tools, another choice.
   *
   * @defaultValue none
   */
  readonly prepareStep?: PrepareStep<Context> | undefined;
  /**
   * Ends the run as `stopped` with the reason `"stop-when"` when it says true after a step with calls; of a list, any.
   *
   * @defaultValue none
   */
  readonly stopWhen?: StopWhen | readonly StopWhen[] | undefined;
  /**
   * How a conversation that grows too long for the model is made to fit; or `false`, and it is sent as it is. The run and its
   * result keep every message.
   *
   * @defaultValue old results are taken out and summaries written as soon as 80 % of what the model takes in are used, where
   * its `capabilities.contextTokens` are known
   */
  readonly compaction?: CompactionOptions | false | undefined;
  /**
   * Keeps large results of tools aside: the model reads their beginning, and more with a tool `read_result` that the agent has
   * then.
   *
   * @defaultValue none: results are cut at 256 KiB
   */
  readonly offload?: OffloadOptions | undefined;
  /**
   * What nobody must see: secrets as texts of at least 4 characters, and patterns. Each occurrence in what the run is asked, in
   * what models and tools give, and in their errors becomes `"[redacted]"` before it meets an event, a message, a state or the
   * other side; also where it is written with JSON escapes or streamed in pieces. `context` stays as it is.
   *
   * Streamed text is held back as far as it could be the beginning of a secret: of a text exactly that, of a pattern that
   * matches no blank the word that is being written, of any other pattern the last 256 characters: a longer match of one is
   * redacted in the answer, but its beginning was shown. A pattern must not be sticky; a match of nothing is no match. Bytes,
   * such as pictures, are not looked into, and other forms of a secret (base64, URL-escaped) need entries of their own; what a
   * schema's own transform or default puts into arguments or an output is not redacted. Agents that work in the same run redact
   * it as well, as tools and after a handoff.
   *
   * @defaultValue none
   */
  readonly redact?: ReadonlyArray<string | RegExp> | undefined;
  /**
   * Checks of what the run is asked, of the answer, and of what tools get and give. They see redacted text.
   *
   * @defaultValue none
   */
  readonly guardrails?: Guardrails<Context> | undefined;
}
