import { type Budget, Exceeded } from "../budget/budget.ts";
import { parse } from "./consult.ts";
import { notRun, ToolError } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import { executeTool, type ReadyCall, type ToolRecord } from "./execute-tool.ts";
import type { ToolCall, ToolMessage } from "../message.ts";
import { type Permission, permit } from "./permit.ts";
import type { Approval, ToolResult } from "../result.ts";
import type { Running } from "../running.ts";
import type { Place } from "./schedule.ts";
import { Interrupted, TimeOver } from "../scope.ts";
import { within } from "../steps.ts";
import type { Tool } from "../tool.ts";
import { searchHint } from "../tool-search/tools-for.ts";
import { toolText } from "./tool-text.ts";
import { Waiting } from "./waiting.ts";

/** What became of one call: it is answered, or it is open. */
export type CallOutcome = AnsweredCall | OpenCall;

/** A call with a result, and the message that tells the model of it. */
export interface AnsweredCall {
  readonly call: ToolCall;
  readonly result: ToolResult;
  readonly message: ToolMessage;
  readonly approvals?: undefined;
  readonly exceeded?: undefined;
}

/** A call that is left for later: it waits for approvals, or the budget is used up. */
interface OpenCall {
  readonly approvals: readonly Approval[];
  readonly exceeded?: Exceeded | undefined;
}

/** Tells answered calls from open ones. */
export function isAnswered(outcome: CallOutcome): outcome is AnsweredCall {
  return outcome.approvals === undefined;
}

/** Takes one call from the model's wish to the message that answers it: known, valid, allowed, run, told. */
export async function* callTool(
  it: Running,
  call: ToolCall,
  place?: Place,
): AsyncGenerator<AgentEvent, CallOutcome> {
  let outcome: CallOutcome;
  try {
    const ready = await prepare(it, call);
    const isFree = ready.tool.needsApproval === false && !it.agent.policy;
    const allowed: Permission = isFree ? ready : yield* permit(it, ready);
    let isNew = false;
    const record = yield* it.steps.run(call.id, () => {
      isNew = true;
      return executeTool({ ...ready, input: allowed.input, place });
    });
    if (!isNew) replay(it.budget, record);
    outcome = told({ ...call, input: allowed.input as never }, record, allowed.note);
  } catch (error) {
    outcome =
      error instanceof Waiting
        ? { approvals: error.approvals }
        : error instanceof Exceeded
          ? { approvals: [], exceeded: error }
          : told(call, { error: refusal(error) });
  } finally {
    place?.schedule.leave(place.index);
  }
  if (it.isWatched) yield* announce(outcome);
  return outcome;
}

/** Counts a call that was done before. */
function replay(budget: Budget, { spent }: ToolRecord): void {
  budget.replay({ ...spent, toolCalls: 1 + (spent?.toolCalls ?? 0) });
}

/** @throws ToolError that tells the model what to mend. */
async function prepare(it: Running, call: ToolCall): Promise<ReadyCall> {
  const { agent, stepScope } = it;
  stepScope.check();
  const tool = agent.tools.get(call.name);
  if (!tool) throw notRun("unknown-tool", `There is no tool "${call.name}". ${offer(it)}`);
  if (call.isOffered === false)
    throw notRun(
      "unknown-tool",
      `Not executed: "${call.name}" is not among the tools of this step.${searchHint(agent, call.name)}`,
    );
  if (call.invalid)
    throw notRun(
      "invalid-input",
      `Not executed: ${call.invalid.reason}. Write the call again, with complete JSON arguments.`,
    );
  if (tool.handoff && isSecondHandoff(it, call))
    throw notRun("invalid-input", "Not executed: one answer can hand over to one agent only.");
  const parsed = await parse(it, tool, call.input);
  if (parsed.issues) throw notRun("invalid-input", misfit(tool, parsed.issues));
  const timeoutMs = tool.timeoutMs ?? agent.timeouts.toolMs;
  const { offload } = agent;
  const options = optionsFor(it, call);
  return {
    tool,
    input: parsed.value,
    given: call.input,
    timeoutMs,
    offload,
    scope: stepScope,
    options,
  };
}

function isSecondHandoff({ agent, conversation }: Running, call: ToolCall): boolean {
  const calls = conversation.lastAnswer?.toolCalls ?? [];
  const first = calls.find(({ name, invalid }) => !invalid && agent.tools.get(name)?.handoff);
  return first !== undefined && first.id !== call.id;
}

function optionsFor(it: Running, call: ToolCall): ReadyCall["options"] {
  return {
    context: it.context,
    idempotencyKey: `${it.id}:${call.id}`,
    callId: call.id,
    toolName: call.name,
    runId: it.id,
    isWatched: it.isWatched,
    safeguards: it.root.safeguards,
    budget: it.budget,
    mayRetry: it.mayRetry,
    steps: within(it.steps, call.id),
  };
}

function told(call: ToolCall, record: ToolRecord, note = ""): AnsweredCall {
  const named = { callId: call.id, toolName: call.name };
  const { input } = call;
  const { usage } = record.spent ?? {};
  const message = { role: "tool", ...named, ...(usage && { usage }) } as const;
  if (!record.error) {
    const result = { ...named, input, output: record.output };
    return { call, result, message: { ...message, content: note + record.text } };
  }
  const error = ToolError.from(record.error);
  const content = note + toolText(error.message);
  const result = { ...named, input, error };
  return { call, result, message: { ...message, content, isError: true } };
}

function* announce(outcome: CallOutcome): Generator<AgentEvent, void> {
  if (!isAnswered(outcome))
    for (const approval of outcome.approvals) yield { type: "approval-request", approval };
  else if (outcome.result.error) yield { type: "tool-error", ...outcome.result };
  else yield { type: "tool-result", ...outcome.result };
}

/** @throws whatever is no tool's fault, such as a failure to keep a step: the run cannot go on over that. */
function refusal(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (!(error instanceof Interrupted)) throw error;
  if (error.reason instanceof TimeOver)
    return notRun("timeout", "Not executed: the time of the step was over before.", error.reason);
  return notRun("aborted", "Not executed: the run was aborted before.", error.reason);
}

/** The names a model may choose from; a long list is cut, because the model has read it before. */
function offer({ agent }: Running): string {
  if (agent.toolSearch) return searchHint(agent).trimStart();
  const names = [...agent.tools.keys()];
  if (names.length === 0) return "There are no tools: answer without one.";
  return `The tools are: ${names.slice(0, 50).join(", ")}${names.length > 50 ? ", …" : ""}.`;
}

function misfit(tool: Tool, issues: readonly string[]): string {
  const schema = JSON.stringify(tool.inputSchema.json);
  const expected = schema.length <= 2000 ? ` Expected arguments: ${schema}` : "";
  return `Not executed: the arguments do not fit. ${issues.slice(0, 10).join("; ")}.${expected}`;
}
