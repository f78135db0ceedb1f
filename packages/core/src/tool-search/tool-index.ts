import type { ToolSpec } from "../model.ts";
import { synonyms } from "./synonyms.ts";
import { queryWords, toolWords } from "./tool-words.ts";

/**
 * Finds tools by words, ranked by BM25F (https://en.wikipedia.org/wiki/Okapi_BM25): a word in a name weighs more than one
 * in a description, and one in a parameter less. The same tools and query always give the same ranking.
 */
export class ToolIndex {
  readonly #names: readonly string[];
  /** How much each tool has of a word, by the tool's number, for each word. */
  readonly #holders = new Map<string, Map<number, number>>();
  readonly #lengths: number[] = [];
  readonly #averageLength: number;

  constructor(specs: readonly ToolSpec[]) {
    this.#names = specs.map(({ name }) => name);
    for (const [index, spec] of specs.entries()) this.#lengths.push(this.#add(index, spec));
    this.#averageLength = sum(this.#lengths) / specs.length || 1;
  }

  /** The names of the best fitting tools, best first; none when no word of the query is known. */
  search(text: string, limit: number): readonly string[] {
    const query = text.slice(0, maxQuery);
    const scores = new Map<number, number>();
    // Who writes a tool's whole name means it.
    for (const word of query.split(/[^\w-]+/)) {
      const index = word === "" ? -1 : this.#names.indexOf(word);
      if (index >= 0) scores.set(index, 1000);
    }
    const words = queryWords(query);
    const matches = new Map<number, number>();
    for (const word of words)
      for (const [index, score] of this.#scoresOf(word)) {
        scores.set(index, (scores.get(index) ?? 0) + score);
        matches.set(index, (matches.get(index) ?? 0) + 1);
      }
    return (
      [...scores]
        // Two of the words once are worth more than one of them often.
        .map(([index, score]) => {
          const share = (matches.get(index) ?? 0) / words.length;
          return { index, score: score * (0.5 + 0.5 * share) };
        })
        .toSorted((a, b) => b.score - a.score || a.index - b.index)
        .slice(0, limit)
        .map(({ index }) => this.#names[index] ?? "")
    );
  }

  #add(index: number, { name, description, parameters }: ToolSpec): number {
    const amounts = new Map<string, number>();
    const count = (text: string, weight: number): void => {
      // Once for each text: calendar_list_calendars is no better an answer to "calendar" than calendar_list_events.
      for (const word of new Set(toolWords(text)))
        amounts.set(word, (amounts.get(word) ?? 0) + weight);
    };
    count(name, 3);
    count(description, 1);
    for (const [parameter, about] of parametersOf(parameters)) {
      count(parameter, 0.4);
      count(about, 0.2);
    }
    for (const [word, amount] of amounts) {
      const holders = this.#holders.get(word);
      if (holders) holders.set(index, amount);
      else this.#holders.set(word, new Map([[index, amount]]));
    }
    return sum([...amounts.values()]);
  }

  /** What a word of the query, or the nearest to it, gives each tool. */
  #scoresOf(word: string): ReadonlyMap<number, number> {
    const scores = new Map<number, number>();
    for (const [known, closeness] of this.#known(word)) {
      const holders = this.#holders.get(known) ?? new Map<number, number>();
      const rarity = Math.log(1 + (this.#names.length - holders.size + 0.5) / (holders.size + 0.5));
      for (const [index, amount] of holders) {
        const length = (this.#lengths[index] ?? 0) / this.#averageLength;
        const score = (closeness * rarity * amount * 2.2) / (amount + 1.2 * (0.25 + 0.75 * length));
        scores.set(index, Math.max(score, scores.get(index) ?? 0));
      }
    }
    return scores;
  }

  /** The word itself, those that begin with it or that it begins with ("repo" is a repository), and its synonyms. */
  #known(word: string): ReadonlyMap<string, number> {
    const known = new Map<string, number>();
    if (this.#holders.has(word)) known.set(word, 1);
    else if (word.length >= 4)
      for (const each of this.#holders.keys())
        if (each.startsWith(word) || (each.length >= 4 && word.startsWith(each)))
          known.set(each, 0.7);
    for (const each of synonyms.get(word) ?? [])
      if (this.#holders.has(each) && !known.has(each)) known.set(each, 0.5);
    return known;
  }
}

/** A query is a few words; what is longer than this says nothing more. */
const maxQuery = 1000;

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, each) => total + each, 0);
}

/** Names and descriptions of the parameters at the top of a schema; what lies deeper says little of what a tool is for. */
function parametersOf(schema: ToolSpec["parameters"]): (readonly [name: string, about: string])[] {
  const properties = Object(schema["properties"]) as Readonly<Record<string, unknown>>;
  return Object.entries(properties).map(([name, property]) => {
    const { description } = Object(property) as { readonly description?: unknown };
    return [name, typeof description === "string" ? description : ""];
  });
}
