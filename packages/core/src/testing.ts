export { scripted } from "./scripted.ts";
export type { ScriptedCall, ScriptedModel, ScriptedTurn } from "./scripted.ts";
