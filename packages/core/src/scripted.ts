import { setTimeout as sleep } from "node:timers/promises";

import type {
  AssistantMessage,
  FinishReason,
  InvalidArguments,
  ToolCall,
  Usage,
} from "./message.ts";
import { noUsage } from "./message.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";

/** One answer of a scripted model. */
export interface ScriptedTurn {
  /** The visible text, given piece by piece. */
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  readonly toolCalls?: readonly ScriptedCall[] | undefined;
  /** @defaultValue `"tool-calls"` when there are calls, else `"stop"` */
  readonly finishReason?: FinishReason | undefined;
  readonly usage?: Usage | undefined;
  /** Milliseconds before the answer begins. */
  readonly delayMs?: number | undefined;
  /** Thrown after `text`, in place of an end. */
  readonly error?: Error | undefined;
}

/** A call of a scripted model. */
export interface ScriptedCall {
  readonly name: string;
  readonly input?: ToolCall["input"] | undefined;
  /** @defaultValue `"call-1"`, `"call-2"`, … through the script */
  readonly id?: string | undefined;
  readonly invalid?: InvalidArguments | undefined;
}

/** A model that says what a test tells it to, and remembers what it was asked. */
export interface ScriptedModel extends Model {
  /** Every request so far, its messages as they were then. */
  readonly requests: readonly ModelRequest[];
}

type Turn = string | ScriptedTurn;

/** A model for tests: gives `turns` one after another (a function makes its turn from the request), then throws. */
export function scripted(
  turns: ReadonlyArray<Turn | ((request: ModelRequest) => Turn)>,
): ScriptedModel {
  const requests: ModelRequest[] = [];
  let calls = 0;
  return {
    id: "scripted",
    capabilities: { tools: true },
    requests,
    async *respond(request) {
      const next = turns[requests.length];
      requests.push({ ...request, messages: [...request.messages] });
      if (next === undefined)
        throw new Error(`The script has ${turns.length} turns, and the model was asked once more.`);
      const turn = typeof next === "function" ? next(request) : next;
      return yield* play(
        typeof turn === "string" ? { text: turn } : turn,
        request,
        () => `call-${++calls}`,
      );
    },
  };
}

async function* play(
  turn: ScriptedTurn,
  { signal }: ModelRequest,
  mint: () => string,
): AsyncGenerator<ModelEvent, AssistantMessage> {
  const { text = "", reasoning, error, usage = noUsage } = turn;
  if (turn.delayMs) await sleep(turn.delayMs, undefined, { signal });
  if (reasoning) yield { type: "reasoning-delta", text: reasoning };
  for (const piece of text.match(/\s*\S+/g) ?? []) yield { type: "text-delta", text: piece };
  if (error) throw error;
  const toolCalls = turn.toolCalls?.map(({ id = mint(), name, input = {}, invalid }) => ({
    id,
    name,
    input,
    ...(invalid && { invalid }),
  }));
  for (const { id, name, input } of toolCalls ?? []) {
    yield { type: "tool-input-start", callId: id, toolName: name };
    yield { type: "tool-input-delta", callId: id, text: JSON.stringify(input) };
    yield { type: "tool-input-end", callId: id };
  }
  const finishReason = turn.finishReason ?? (toolCalls ? "tool-calls" : "stop");
  return {
    role: "assistant",
    content: text,
    finishReason,
    usage,
    ...(toolCalls && { toolCalls }),
    ...(reasoning && { reasoning }),
  };
}
