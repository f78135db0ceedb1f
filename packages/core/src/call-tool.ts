import { ToolError, wordsOf } from "./errors.ts";
import type { AgentEvent } from "./event.ts";
import { executeTool, type ReadyCall, type ToolRecord } from "./execute-tool.ts";
import type { ToolCall, ToolMessage } from "./message.ts";
import type { Approval, Decision, ToolResult } from "./result.ts";
import type { Running } from "./running.ts";
import { Interrupted, Scope, TimeOver } from "./scope.ts";
import { within } from "./steps.ts";
import { isThenable } from "./thenable.ts";
import type { Tool } from "./tool.ts";
import { toolText } from "./tool-text.ts";
import { Waiting } from "./waiting.ts";

/** What became of one call: a result and the message that tells the model, or the approvals it waits for. */
export type CallOutcome =
  | { readonly result: ToolResult; readonly message: ToolMessage; readonly approvals?: undefined }
  | { readonly approvals: readonly Approval[] };

/** Takes one call from the model's wish to the message that answers it: known, valid, allowed, run, told. */
export async function* callTool(
  it: Running,
  call: ToolCall,
): AsyncGenerator<AgentEvent, CallOutcome> {
  let outcome: CallOutcome;
  try {
    const ready = await prepare(it, call);
    const approval = await permit(it, ready);
    outcome = approval
      ? { approvals: [approval] }
      : told(call, ready.input, yield* it.steps.run(call.id, () => executeTool(ready)));
  } catch (error) {
    outcome =
      error instanceof Waiting
        ? { approvals: error.approvals }
        : told(call, call.input, { error: refusal(error) });
  }
  if (it.isWatched) yield* announce(outcome);
  return outcome;
}

/** @throws ToolError that tells the model what to mend. */
async function prepare(it: Running, call: ToolCall): Promise<ReadyCall> {
  it.scope.check();
  const tool = it.tools.get(call.name);
  if (!tool) throw notRun("unknown-tool", `There is no tool "${call.name}". ${offer(it)}`);
  if (call.invalid)
    throw notRun(
      "invalid-input",
      `Not executed: ${call.invalid.reason}. Write the call again, with complete JSON arguments.`,
    );
  const parsed = await consult(it.scope, () => tool.inputSchema.parse(call.input));
  if (parsed.issues) throw notRun("invalid-input", misfit(tool, parsed.issues));
  return { tool, input: parsed.value, scope: it.scope, options: optionsFor(it, call) };
}

function optionsFor(it: Running, call: ToolCall): ReadyCall["options"] {
  return {
    context: it.context,
    idempotencyKey: `${it.id}:${call.id}`,
    callId: call.id,
    toolName: call.name,
    runId: it.id,
    isWatched: it.isWatched,
    mayRetry: it.mayRetry,
    steps: within(it.steps, call.id),
  };
}

/** The approval that a call still needs; none when it needs none or has it. */
async function permit(it: Running, ready: ReadyCall): Promise<Approval | undefined> {
  if (!(await isApprovalNeeded(ready))) return undefined;
  const { tool, input, options } = ready;
  const { callId, toolName } = options;
  const decision = await it.scope.race(it.steps.signal<Decision>(callId));
  if (!decision)
    return { callId, kind: "approval", agent: it.name, toolName, input, effect: tool.effect };
  if (decision.approve) return undefined;
  const reason = decision.reason ? ` Reason: ${decision.reason}` : "";
  throw notRun("denied", `Not executed: a person denied this call.${reason}`);
}

/** The question has as much time as the work, but not the same. */
async function isApprovalNeeded({ tool, input, options, scope }: ReadyCall): Promise<boolean> {
  const { needsApproval, timeoutMs } = tool;
  if (typeof needsApproval !== "function") return needsApproval;
  const own = new Scope(scope, timeoutMs).open();
  const asked = { ...options, signal: own.signal, progress: ignore, spend: ignore };
  try {
    return await consult(own, () => needsApproval(input as never, asked as never));
  } finally {
    own.close();
  }
}

/** Has a tool answer before its work begins: what it throws is its failure, and nothing was done. */
async function consult<Value>(scope: Scope, ask: () => Value | Promise<Value>): Promise<Value> {
  try {
    const answer = ask();
    return isThenable(answer) ? await scope.race(answer) : answer;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw notRun("failed", `Not executed: ${wordsOf(error)}`, error);
  }
}

/** A question to a tool is no work of its: there is no one to tell of it. */
function ignore(): void {}

function told(call: ToolCall, input: unknown, record: ToolRecord): CallOutcome {
  const named = { callId: call.id, toolName: call.name };
  const message = { role: "tool", ...named, ...(record.usage && { usage: record.usage }) } as const;
  if (!record.error) {
    const result = { ...named, input, output: record.output };
    return { result, message: { ...message, content: record.text } };
  }
  const error = ToolError.from(record.error);
  const content = toolText(error.message);
  return { result: { ...named, input, error }, message: { ...message, content, isError: true } };
}

function* announce(outcome: CallOutcome): Generator<AgentEvent, void> {
  if (outcome.approvals)
    for (const approval of outcome.approvals) yield { type: "approval-request", approval };
  else if (outcome.result.error) yield { type: "tool-error", ...outcome.result };
  else yield { type: "tool-result", ...outcome.result };
}

/** @throws whatever is no tool's fault, such as a failure to keep a step: the run cannot go on over that. */
function refusal(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (!(error instanceof Interrupted)) throw error;
  const { reason } = error;
  return reason instanceof TimeOver
    ? notRun("timeout", `Not executed: the check for approval ${reason.message}.`, reason)
    : notRun("aborted", "Not executed: the run was aborted before.", reason);
}

function notRun(code: ToolError["code"], message: string, cause?: unknown): ToolError {
  return new ToolError(message, { code, outcome: "not-run", cause });
}

/** The names a model may choose from; a long list is cut, because the model has read it before. */
function offer({ tools }: Running): string {
  const names = [...tools.keys()];
  if (names.length === 0) return "There are no tools: answer without one.";
  return `The tools are: ${names.slice(0, 50).join(", ")}${names.length > 50 ? ", …" : ""}.`;
}

function misfit(tool: Tool, issues: readonly string[]): string {
  const schema = JSON.stringify(tool.inputSchema.json);
  const expected = schema.length <= 2000 ? ` Expected arguments: ${schema}` : "";
  return `Not executed: the arguments do not fit. ${issues.slice(0, 10).join("; ")}.${expected}`;
}
