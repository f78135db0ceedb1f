import type { AssistantMessage, ModelEvent } from "@pawl/core";

/** What an answer has said so far, and what of it has not been shown. Pieces are joined when they are asked for, not each. */
export class Said {
  readonly #isWatched: boolean;
  #text: string[] = [];
  #unshown: string[] = [];
  #reasoning: string[] = [];
  #events: ModelEvent[] = [];
  /** How many pieces have been said. */
  count = 0;

  /** Only the text is shown to nobody in particular. */
  constructor(isWatched: boolean) {
    this.#isWatched = isWatched;
  }

  get text(): string {
    if (this.#text.length > 1) this.#text = [this.#text.join("")];
    return this.#text[0] ?? "";
  }

  get reasoning(): string {
    if (this.#reasoning.length > 1) this.#reasoning = [this.#reasoning.join("")];
    return this.#reasoning[0] ?? "";
  }

  /** In characters, to estimate its tokens. */
  get length(): number {
    return this.text.length + this.reasoning.length;
  }

  /** The events that have not been shown, for others to be added to. */
  get events(): ModelEvent[] {
    if (this.#unshown.length > 0) {
      const text = this.#unshown.join("");
      this.#unshown = [];
      if (text !== "") this.#events.push({ type: "text-delta", text });
    }
    return this.#events;
  }

  addText(text: string | undefined): void {
    if (text === undefined || text === "") return;
    this.count++;
    this.#text.push(text);
    this.#unshown.push(text);
  }

  addReasoning(text: string | undefined): void {
    if (text === undefined) return;
    this.count++;
    this.#reasoning.push(text);
    if (this.#isWatched) this.events.push({ type: "reasoning-delta", text });
  }

  /** What became visible since the last call; pieces of text that arrived together are one. */
  shown(): readonly ModelEvent[] {
    const { events } = this;
    this.#events = [];
    return events;
  }

  /** The part of a message that can be told before its end. Calls are none, since nobody can say that they are whole. */
  partial(): Pick<AssistantMessage, "role" | "content" | "reasoning"> {
    const { reasoning, text } = this;
    return { role: "assistant", content: text, ...(reasoning && { reasoning }) };
  }
}
