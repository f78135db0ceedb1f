export { scripted } from "./scripted.ts";
export type { ScriptedModel, ScriptedTurn } from "./scripted.ts";
