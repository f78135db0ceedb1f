import type { AgentSetup } from "./agent-options.ts";
import { Conversation } from "./conversation.ts";
import { life } from "./life.ts";
import type { RunResult } from "./result.ts";
import type { Schema } from "./schema.ts";
import { Scope } from "./scope.ts";
import { tool, type Tool, type ToolEffect, type ToolOptions } from "./tool.ts";
import { Waiting } from "./waiting.ts";

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
export function subagent<const Name extends string, Context>(
  setup: AgentSetup,
  options: SubagentOptions<Name>,
): Tool<Name, { readonly task: string }, string, Context> {
  return tool({
    ...options,
    effect: effectOf(setup),
    inputSchema: task,
    execute: async function* (
      input: { readonly task: string },
      outer: ToolOptions<Context>,
    ): AsyncGenerator<unknown, string> {
      const scope = new Scope(outer.signal);
      const conversation = new Conversation([{ role: "user", content: input.task }], 1);
      // A call's id is the provider's, and may hold what the name of a run must not.
      const id = outer.idempotencyKey.replace(
        /[^\w.:-]/g,
        (c) => `_${c.charCodeAt(0).toString(16)}`,
      );
      const { context, isWatched, mayRetry, steps } = outer;
      const inner = {
        ...setup,
        id,
        context,
        isWatched,
        conversation,
        steps,
        scope,
        stepResults: [],
        mayRetry,
        records: () => ({}),
      };
      const result: RunResult = yield* life(inner);
      outer.spend(result.usage);
      return answerOf(result, outer.callId);
    },
  });
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

/** @throws Waiting when the inner run is paused, so that the outer one pauses too and shows the inner calls. */
function answerOf(result: RunResult, callId: string): string {
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
      throw new Error(
        `The agent stopped (${result.reason}) before it had an answer.${result.text && ` Its last words: ${result.text}`}`,
      );
    case "aborted":
      throw new Error("The agent was aborted.", { cause: result.reason });
  }
}
