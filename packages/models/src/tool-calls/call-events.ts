import type { ModelEvent, ToolCall } from "@pawl/core";

import { writeJson } from "../wire/json.ts";
import type { OpenCall } from "./open-call.ts";

/** Shows that a call has begun, and what of its arguments is there. */
export function announce(call: OpenCall, events: ModelEvent[]): void {
  call.isAnnounced = true;
  events.push({ type: "tool-input-start", callId: call.id, toolName: call.name });
  show(events, call.id, call.arguments);
}

/** Shows a piece of a call's arguments; pieces that arrive in one read come as one event. */
export function show(events: ModelEvent[], callId: string, text: string): void {
  if (text === "") return;
  const last = events.at(-1);
  if (last?.type === "tool-input-delta" && last.callId === callId)
    events[events.length - 1] = { ...last, text: last.text + text };
  else events.push({ type: "tool-input-delta", callId, text });
}

/** Each call has a beginning and an end, also one that only the end has shown: under a name to be mended, or one of several. */
export function showEnd(open: OpenCall, calls: readonly ToolCall[], events: ModelEvent[]): void {
  if (open.isAnnounced) {
    if (open.isObject) show(events, open.id, open.arguments);
    events.push({ type: "tool-input-end", callId: open.id });
  }
  for (const { id, name, input, invalid } of calls) {
    if (open.isAnnounced && id === open.id) continue;
    events.push({ type: "tool-input-start", callId: id, toolName: name });
    show(events, id, calls.length === 1 ? open.arguments : (invalid?.text ?? writeJson(input)));
    events.push({ type: "tool-input-end", callId: id });
  }
}
