import type { AssistantMessage, ModelEvent } from "@pawl/core";

import { longestOpening, mayBecomeCalls } from "./opening.ts";

/** The beginning of an answer, kept back as long as it may be calls, which nobody should see as text. */
export class HeldText {
  /** What is kept back. */
  text = "";
  /** Whether the text proved to be an answer, and is shown as it arrives. */
  isShown = false;

  /** The events of an answer, without the text that is kept back. */
  async *through(
    events: AsyncGenerator<ModelEvent, AssistantMessage>,
  ): AsyncGenerator<ModelEvent, AssistantMessage> {
    let isOver = false;
    try {
      for (;;) {
        const next = await events.next();
        isOver = next.done === true;
        if (next.done) return next.value;
        const event = next.value;
        if (event.type === "reset") this.#forget();
        if (this.isShown || event.type !== "text-delta") yield event;
        else {
          const isOpening = this.text.length < longestOpening;
          this.text += event.text;
          if (isOpening && !mayBecomeCalls(this.text)) yield* this.release();
        }
      }
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      // A reader that left: what it read from must not stay open.
      if (!isOver) await events.return(undefined as never);
    }
  }

  /** Shows what is kept back, and from now on all that arrives. */
  *release(): Generator<ModelEvent, void> {
    this.isShown = true;
    if (this.text !== "") yield { type: "text-delta", text: this.text };
    this.text = "";
  }

  /** What came before a new beginning is void. */
  #forget(): void {
    this.text = "";
    this.isShown = false;
  }
}
