import type { AgentSetup } from "./agent-setup.ts";
import { Exceeded } from "./budget/budget.ts";
import { type BudgetLimits, readBudget } from "./budget/budget-limits.ts";
import { Conversation } from "./conversation.ts";
import { escapedName } from "./escaped-name.ts";
import { life } from "./life.ts";
import type { RunResult } from "./result.ts";
import type { Schema } from "./schema.ts";
import { checkOptions } from "./options.ts";
import type { KeptSteps, Running } from "./running.ts";
import { startRun } from "./start-run.ts";
import { tool, type Tool, type ToolEffect, type ToolOptions } from "./tool.ts";
import { Waiting } from "./calls/waiting.ts";

/** How an agent presents itself as a tool. */
export interface SubagentOptions<Name extends string> {
  /** What the agent is good for: the outer model chooses by it. */
  readonly description: string;
  /** The name of the tool, needed when tools are given as a list. */
  readonly name?: Name | undefined;
  /**
   * Milliseconds after which the subagent is ended and the outer model told so.
   *
   * @defaultValue no limit but the run's
   */
  readonly timeoutMs?: number | undefined;
  /**
   * What each call may use at the most; what it uses is the outer run's too.
   *
   * @defaultValue what is left of the outer run's
   */
  readonly budget?: BudgetLimits | undefined;
}

/** A task in words: all that one agent can know of another's tools is what they are for. */
const task: Schema<{ readonly task: string }> = {
  json: {
    type: "object",
    properties: {
      task: { type: "string", description: "What to do, with all that is needed to know for it." },
    },
    required: ["task"],
  },
  parse: (value) => {
    const { task: text } = Object(value) as { task?: unknown };
    return typeof text === "string" && text.trim() !== ""
      ? { value: { task: text } }
      : { issues: ["task: must be a text that is not empty"] };
  },
};

/** An agent as a tool: each call is a run of its own inside the outer one, with the same steps, abort, context and budget of retries. */
export function subagent<const Name extends string, Output, Context>(
  setup: AgentSetup,
  options: SubagentOptions<Name>,
): Tool<Name, { readonly task: string }, Output, Context> {
  checkOptions("asTool", options, ["description", "name", "timeoutMs", "budget"]);
  const { budget: given, ...named } = options;
  const limits = readBudget("asTool", given);
  return tool({
    ...named,
    effect: effectOf(setup),
    inputSchema: task,
    execute: async function* (
      input: { readonly task: string },
      outer: ToolOptions<Context>,
    ): AsyncGenerator<unknown, Output> {
      const conversation = new Conversation([{ role: "user", content: input.task }], 1);
      // A call's id is the provider's, and may hold what the name of a run must not.
      const id = `${outer.runId}:${escapedName(outer.callId)}`;
      const { context, isWatched, mayRetry, signal, steps } = outer;
      const budget = outer.budget.part(limits, "run");
      const parts = { id, context, isWatched, conversation, steps, signal, budget, mayRetry, kept };
      const inner = startRun(outer.safeguards?.lent(setup) ?? setup, parts);
      let isLeft = false;
      try {
        return answerOf(inner, yield* life(inner), outer.callId) as Output;
      } catch (error) {
        isLeft = error instanceof Waiting || error instanceof Exceeded;
        throw error;
      } finally {
        // What is left open goes on later, and is settled then.
        if (!isLeft) budget.close();
      }
    },
  });
}

/** The steps of a subagent are kept by the outer run. */
function kept(): KeptSteps {
  return { records: {} };
}

/** The heaviest of what its tools may do: the outer model must not believe a lost agent to have changed nothing. */
function effectOf({ tools }: AgentSetup): ToolEffect {
  const effects = [...tools.values()].map(({ effect }) => effect);
  return (
    effects.find((each) => each === "irreversible") ??
    effects.find((each) => each === "write") ??
    "read"
  );
}

/**
 * @throws Waiting when the inner run is paused, so that the outer one pauses too and shows the inner calls; Exceeded when the
 * outer run's budget is used up, so that the inner one goes on where it is once there is a larger one.
 */
function answerOf(inner: Running, result: RunResult, callId: string): unknown {
  switch (result.status) {
    case "completed":
      return result.output;
    case "paused":
      throw new Waiting(
        result.approvals.map((each) => ({ ...each, callId: `${callId}/${each.callId}` })),
      );
    case "failed":
      throw result.error;
    case "stopped":
      if (inner.exceeded && inner.exceeded.budget !== inner.budget) throw inner.exceeded;
      throw new Error(
        `The agent stopped (${result.reason}) before it had an answer.${result.text && ` Its last words: ${result.text}`}`,
      );
    case "aborted":
      throw new Error("The agent was aborted.", { cause: result.reason });
  }
}
