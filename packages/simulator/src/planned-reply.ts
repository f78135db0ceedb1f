import type { ChatRequest } from "./chat-request.ts";
import { plan } from "./planner/plan.ts";
import { nativeRequest } from "./prompted/native-request.ts";
import { callsInWords } from "./prompted/told-calls.ts";
import { limited, type Reply } from "./reply.ts";

/** The reply that the planner gives; its calls are text where the tools were told in words. */
export function plannedReply(request: ChatRequest, nextId: () => string): Reply {
  const native = nativeRequest(request);
  const { text, calls } = plan(native);
  if (native !== request && calls.length > 0) {
    return limited({ text: callsInWords(calls), calls: [], finishReason: "stop" }, request);
  }
  const reply: Reply = {
    text,
    calls: calls.map(({ name, input }) => ({
      id: nextId(),
      name,
      arguments: JSON.stringify(input),
    })),
    finishReason: calls.length > 0 ? "tool_calls" : "stop",
  };
  return limited(reply, request);
}
