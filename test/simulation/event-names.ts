import type { AgentEvent } from "@pawl/core";

/** The types of all events that a run can have. */
export const eventNames: readonly AgentEvent["type"][] = [
  "start",
  "step-start",
  "text-delta",
  "reasoning-delta",
  "tool-input-start",
  "tool-input-delta",
  "tool-input-end",
  "retry",
  "reset",
  "tool-call",
  "approval-request",
  "tool-start",
  "tool-progress",
  "tool-end",
  "tool-result",
  "tool-error",
  "handoff",
  "steering",
  "step-finish",
  "finish",
];
