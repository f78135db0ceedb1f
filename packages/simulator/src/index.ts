export { simulator } from "./simulator.ts";
export type { Simulator } from "./simulator.ts";
export type { SimulatorOptions } from "./options.ts";
export type { ReceivedRequest } from "./chat-endpoint.ts";
export type {
  Script,
  ScriptedCall,
  ScriptedChunk,
  ScriptedPause,
  ScriptedTurn,
  Turn,
} from "./script.ts";
export type {
  ChatMessage,
  ChatRequest,
  ChatRole,
  ChatToolCall,
  OfferedFunction,
  OfferedTool,
  ResponseFormat,
  ToolChoice,
} from "./chat-request.ts";
export type { FinishReason, Usage } from "./reply.ts";
export type { JsonObject } from "./json.ts";
