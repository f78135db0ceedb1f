import { textOf, type ChatMessage, type ChatToolCall } from "../chat-request.ts";
import { toldCalls } from "./told-calls.ts";

/**
 * The conversation with the calls and results in it that are told as text turned into calls and tool messages: a text of
 * calls and, right after it, a user's text of results. Anything else stays as it is.
 */
export function nativeHistory(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const native: ChatMessage[] = [];
  for (let at = 0; at < messages.length; at++) {
    const exchange = exchangeAt(messages, at);
    native.push(...(exchange ?? messages.slice(at, at + 1)));
    if (exchange !== undefined) at++;
  }
  return native;
}

/** A message of calls and the one of their results, in the form of an API that has both. */
function exchangeAt(
  messages: readonly ChatMessage[],
  at: number,
): readonly ChatMessage[] | undefined {
  const [said, told] = messages.slice(at, at + 2);
  if (said?.role !== "assistant" || told?.role !== "user") return undefined;
  const { text, calls } = toldCalls(textOf(said));
  const open = calls.map(({ name, input }, index): ChatToolCall => ({
    id: `told_${at}_${index}`,
    function: { name, arguments: JSON.stringify(input) },
  }));
  const results = resultsIn(textOf(told), open);
  if (results.length === 0) return undefined;
  const answered = results.map(({ call }) => call);
  return [
    { role: "assistant", content: text, tool_calls: answered },
    ...results.map(({ call, content }): ChatMessage => ({
      role: "tool",
      tool_call_id: call.id,
      content,
    })),
  ];
}

interface ToldResult {
  readonly call: ChatToolCall;
  readonly content: string;
}

/** The results in a text, each with the first call of its name that has none; a heading of no such call is a tool's words. */
function resultsIn(text: string, calls: readonly ChatToolCall[]): readonly ToldResult[] {
  const results: ToldResult[] = [];
  const open = [...calls];
  for (const told of text.split(/\n\n(?=TOOL (?:RESULT|ERROR) )/u)) {
    const [heading = "", name] = /^TOOL (?:RESULT|ERROR) (.+?) \([^()\n]*\): ?/u.exec(told) ?? [];
    const index = open.findIndex((call) => call.function.name === name);
    const [call] = index === -1 ? [] : open.splice(index, 1);
    const last = results.pop();
    if (call !== undefined) {
      if (last !== undefined) results.push(last);
      results.push({ call, content: told.slice(heading.length) });
    } else if (last === undefined) return [];
    else results.push({ ...last, content: `${last.content}\n\n${told}` });
  }
  return results;
}
