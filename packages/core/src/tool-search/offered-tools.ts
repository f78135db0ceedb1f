import type { Message } from "../message.ts";
import type { ToolSpec } from "../model.ts";
import { foundIn, searchToolsName } from "./found-tools.ts";

/** What can be offered: some tools always, the others when they were found. */
export interface Offerable {
  /** The names of those that are offered from the start, in the agent's order. */
  readonly always: readonly string[];
  readonly isHidden: (name: string) => boolean;
  /** How many of the hidden ones are offered at once at most. */
  readonly limit: number;
}

/**
 * What one conversation offers. All that is known of it is in the messages, so a run that is resumed offers the same tools;
 * each message is read once.
 */
export class OfferedTools {
  readonly #offerable: Offerable;
  readonly #specsOf: (names: readonly string[]) => readonly ToolSpec[];
  /** When each found tool was last found or called; in the order in which they were found first. */
  readonly #lastUses = new Map<string, number>();
  #uses = 0;
  #messagesRead = 0;
  #specs: readonly ToolSpec[];

  constructor(offerable: Offerable, specsOf: (names: readonly string[]) => readonly ToolSpec[]) {
    this.#offerable = offerable;
    this.#specsOf = specsOf;
    this.#specs = specsOf(offerable.always);
  }

  /** The specs to send with these messages. New ones stand at the end, and the array is the same one while nothing changes. */
  specsFor(messages: readonly Message[]): readonly ToolSpec[] {
    for (; this.#messagesRead < messages.length; this.#messagesRead++) {
      const message = messages[this.#messagesRead];
      if (message) this.#read(message);
    }
    const { always } = this.#offerable;
    const names = [...this.#lastUses.keys()];
    const known = this.#specs.slice(always.length);
    if (names.length !== known.length || names.some((name, i) => name !== known[i]?.name))
      this.#specs = this.#specsOf([...always, ...names]);
    return this.#specs;
  }

  #read(message: Message): void {
    if (message.role === "tool" && message.toolName === searchToolsName)
      for (const name of foundIn(message)) if (this.#offerable.isHidden(name)) this.#use(name);
    if (message.role === "assistant")
      for (const { name } of message.toolCalls ?? []) if (this.#lastUses.has(name)) this.#use(name);
    while (this.#lastUses.size > this.#offerable.limit) this.#dropOne();
  }

  /** Setting a key again leaves it where it stands: what is offered keeps its order, and a provider's cache its prefix. */
  #use(name: string): void {
    this.#lastUses.set(name, ++this.#uses);
  }

  #dropOne(): void {
    let oldest = "";
    let since = Number.POSITIVE_INFINITY;
    for (const [name, use] of this.#lastUses) {
      if (use >= since) continue;
      oldest = name;
      since = use;
    }
    this.#lastUses.delete(oldest);
  }
}
