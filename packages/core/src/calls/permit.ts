import { isDeepStrictEqual } from "node:util";

import { consult, parse } from "./consult.ts";
import { notRun, ToolError, type ToolErrorJson } from "../errors.ts";
import type { AgentEvent } from "../event.ts";
import type { ReadyCall } from "./execute-tool.ts";
import { plainCopy } from "./plain-copy.ts";
import { type Judgement, judgementOf, type Policy } from "./policy.ts";
import type { Approval, Decision } from "../result.ts";
import type { Running } from "../running.ts";
import { Interrupted, Scope, TimeOver } from "../scope.ts";
import { Waiting } from "./waiting.ts";

/** What a call may run with. */
export interface Permission {
  readonly input: unknown;
  /** What the model has to know of it before the result. */
  readonly note?: string | undefined;
}

/** What was decided on a call: that it may run, with other arguments or not, or that it may not. */
interface Ruling {
  readonly edited?: Readonly<Record<string, unknown>> | undefined;
  readonly error?: ToolErrorJson | undefined;
}

/**
 * Has a call allowed: by the tool, by the agent's policy, and by a person where one of them asks for it. What was decided is
 * kept: a call that is done is not judged again.
 *
 * @throws ToolError when it is denied, Waiting when a person has to decide.
 */
export async function* permit(
  it: Running,
  ready: ReadyCall,
): AsyncGenerator<AgentEvent, Permission> {
  const { input, options, tool } = ready;
  const { callId } = options;
  const decision = await it.stepScope.race(it.steps.signal<Decision>(callId));
  // oxlint-disable-next-line require-yield -- a step is a generator; this one has nothing to report
  const { edited, error } = yield* it.steps.run(`permit-${callId}`, async function* ruling() {
    return await rule(it, ready, decision);
  });
  if (error) throw ToolError.from(error);
  if (!edited) return { input };
  const parsed = await parse(it, tool, edited);
  if (parsed.issues) throw notRun("invalid-input", `Not executed: ${parsed.issues.join("; ")}.`);
  const note = `[A person changed the arguments to ${brief(edited)}]\n`;
  return { input: parsed.value, note };
}

/** @throws Waiting when a person has to decide. */
async function rule(
  it: Running,
  ready: ReadyCall,
  decision: Decision | undefined,
): Promise<Ruling> {
  try {
    const { input, options, tool } = ready;
    const judgement = await inTime(ready, (scope) => judge(it, ready, { scope, input }));
    if (decision && !decision.approve)
      throw notRun("denied", `Not executed: a person denied this call.${because(decision)}`);
    if (decision ? !decision.input : judgement.verdict === "allow") return {};
    const asked = { callId: options.callId, kind: "approval", agent: it.agent.name } as const;
    const { name: toolName = "", effect, reason } = { ...tool, ...judgement };
    const shown = await editable(it, ready);
    const request: Approval = { ...asked, toolName, input: shown, effect, reason };
    const given = decision?.input;
    if (!given) throw new Waiting([request]);
    return isDeepStrictEqual(given, shown) ? {} : await edit(it, ready, { request, given });
  } catch (error) {
    if (error instanceof ToolError) return { error };
    throw error;
  }
}

/**
 * The arguments as a person sees them and may give them back: with the defaults that the schema fills in, but not where it
 * turns them into something that it would not take again.
 */
async function editable(it: Running, { tool, input, given }: ReadyCall): Promise<unknown> {
  const again = await parse(it, tool, input);
  return !again.issues && isDeepStrictEqual(again.value, input) ? input : given;
}

/** A person who changes the arguments has agreed to them; the agent's policy may still refuse them. */
async function edit(
  it: Running,
  ready: ReadyCall,
  { request, given }: { readonly request: Approval; readonly given: Record<string, unknown> },
): Promise<Ruling> {
  const parsed = await parse(it, ready.tool, given);
  if (parsed.issues) throw new Waiting([{ ...request, issues: parsed.issues }]);
  await inTime(ready, (scope) => judge(it, ready, { scope, input: parsed.value, isAgreed: true }));
  return { edited: given };
}

interface Question {
  readonly scope: Scope;
  readonly input: unknown;
  readonly isAgreed?: boolean;
}

/** The stricter of what the agent's policy and the tool itself say. @throws ToolError when the policy denies the call. */
async function judge(
  it: Running,
  { tool, options }: ReadyCall,
  { scope, input, isAgreed = false }: Question,
): Promise<Judgement> {
  const own = { ...options, signal: scope.signal };
  const { policy, name: agent } = it.agent;
  const judgement = await consult(scope, async () => {
    const call = { ...own, input: plainCopy(input), effect: tool.effect, agent };
    return judgementOf(await (policy as Policy | undefined)?.(call));
  });
  if (judgement.verdict === "deny")
    throw notRun("denied", `Not executed: this call is not allowed.${because(judgement)}`);
  if (judgement.verdict === "ask" || isAgreed) return judgement;
  const { needsApproval } = tool;
  const isNeeded: unknown =
    typeof needsApproval === "function"
      ? await consult(scope, () =>
          needsApproval(
            plainCopy(input) as never,
            { ...own, progress: ignore, spend: ignore } as never,
          ),
        )
      : needsApproval;
  // A function that forgot to say anything lets nothing pass.
  return isNeeded === false ? judgement : { verdict: "ask" };
}

/** The question has as much time as the work, but not the same. */
async function inTime(
  { scope, timeoutMs }: ReadyCall,
  ask: (scope: Scope) => Promise<Judgement>,
): Promise<Judgement> {
  const own = new Scope(scope, { ms: timeoutMs }).open();
  try {
    return await ask(own);
  } catch (error) {
    throw scope.isOver ? error : lateOr(error);
  } finally {
    own.close();
  }
}

function lateOr(error: unknown): unknown {
  if (!(error instanceof Interrupted && error.reason instanceof TimeOver)) return error;
  const { reason } = error;
  return notRun("timeout", `Not executed: the check for approval ${reason.message}.`, reason);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}

function because({ reason }: { readonly reason?: string | undefined }): string {
  return reason ? ` Reason: ${reason}` : "";
}

/** A question to a tool is no work of its: there is no one to tell of it. */
function ignore(): void {}
