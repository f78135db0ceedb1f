/** What waits, by whose it is: each owner in turn, and each owner's own in their order. */
export class FairQueue<Item extends { readonly owner: object }> {
  #turns = new Map<object, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts an item in at the end of its owner's line, or at the front of it, with the next turn. */
  put(item: Item, isFirst: boolean): void {
    const own = this.#turns.get(item.owner);
    this.#size += 1;
    if (own) own[isFirst ? "unshift" : "push"](item);
    else if (isFirst) this.#turns = new Map([[item.owner, [item]], ...this.#turns]);
    else this.#turns.set(item.owner, [item]);
  }

  /** Whose turn it is: the first in turn that `suits`, or else the first of all. */
  next(suits?: (item: Item) => boolean): Item | undefined {
    let first: Item | undefined;
    for (const [item] of this.#turns.values()) {
      first ??= item;
      if (item && (!suits || suits(item))) return item;
    }
    return first;
  }

  /** Takes out an item whose turn it is; its owner's next turn comes after everybody else's. */
  take(item: Item): void {
    const own = this.#turns.get(item.owner) ?? [];
    this.remove(item);
    if (own.length === 0) return;
    this.#turns.delete(item.owner);
    this.#turns.set(item.owner, own);
  }

  remove(item: Item): void {
    const own = this.#turns.get(item.owner);
    const at = own?.indexOf(item) ?? -1;
    if (!own || at < 0) return;
    own.splice(at, 1);
    this.#size -= 1;
    if (own.length === 0) this.#turns.delete(item.owner);
  }

  /** All that suit, in no order. */
  all(suits: (item: Item) => boolean): readonly Item[] {
    return [...this.#turns.values()].flat().filter(suits);
  }
}
