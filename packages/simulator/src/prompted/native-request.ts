import { textOf, type ChatRequest } from "../chat-request.ts";
import { nativeHistory } from "./native-history.ts";
import { toldTools } from "./told-tools.ts";

/**
 * The request as it would be if its model's API had tools: those that the system text tells in words, and the calls and
 * results that the history tells as text. One that offers tools itself is left as it is.
 */
export function nativeRequest(request: ChatRequest): ChatRequest {
  const { messages, tools = [] } = request;
  if (tools.length > 0) return request;
  const orders = messages.filter(({ role }) => role === "system" || role === "developer");
  const told = toldTools(orders.map(textOf).join("\n\n"));
  return { ...request, ...told, messages: nativeHistory(messages) };
}
