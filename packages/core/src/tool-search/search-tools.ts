import type { Schema } from "../schema.ts";
import { tool, type Tool } from "../tool.ts";
import { foundTools, searchToolsName, type FoundTool, type FoundTools } from "./found-tools.ts";
import { isDeed } from "./synonyms.ts";
import { ToolIndex } from "./tool-index.ts";
import { splitWords, toolWords } from "./tool-words.ts";

/** The tool by which a model finds others: what one search gives, at most `results`, is offered from the next step on. */
export function searchTools(
  hidden: ReadonlyMap<string, Tool>,
  results: number,
): Tool<string, { readonly query: string }, FoundTools> {
  let index: ToolIndex | undefined;
  return tool({
    name: searchToolsName,
    description: `Finds tools that are not offered yet and can be called from your next answer on, at most ${results} a search. ${aboutOf([...hidden.keys()])}`,
    inputSchema: searched,
    execute: ({ query }: { readonly query: string }): FoundTools => {
      index ??= indexOf(hidden);
      const names = index.search(query, results);
      const tools = names.map((name) => shown(name, hidden.get(name)?.description));
      const note =
        tools.length > 0
          ? "These tools can be called now. If none of them fits, search with other words."
          : "No tool has any of these words. Search with other ones: what to do, and to what.";
      return foundTools({ tools, note });
    },
  });
}

function indexOf(tools: ReadonlyMap<string, Tool>): ToolIndex {
  const specs = [...tools].map(([name, { description, inputSchema }]) => ({
    name,
    description,
    parameters: inputSchema.json,
  }));
  return new ToolIndex(specs);
}

const searched: Schema<{ readonly query: string }> = {
  json: {
    type: "object",
    properties: {
      query: {
        type: "string",
        description:
          "What has to be done and to what, in a few words, such as: create calendar event",
      },
    },
    required: ["query"],
  },
  parse: (value) => {
    const { query } = Object(value) as { readonly query?: unknown };
    return typeof query === "string" && query.trim() !== ""
      ? { value: { query } }
      : { issues: ["query: must be a text that is not empty"] };
  },
};

/** The model will read the whole description in the tool itself. */
const maxDescription = 300;

function shown(name: string, description = ""): FoundTool {
  const isLong = description.length > maxDescription;
  const text = isLong ? `${description.slice(0, maxDescription)}…`.toWellFormed() : description;
  return { name, description: text };
}

const maxTopics = 40;

/** What the tools are about, or the model would not know that it could ask: the words that most of their names share. */
function aboutOf(names: readonly string[]): string {
  const topics = new Map<string, { word: string; count: number }>();
  for (const name of names)
    for (const word of splitWords(name)) {
      const [stem = word] = toolWords(word);
      if (isDeed(stem)) continue;
      const topic = topics.get(stem) ?? { word, count: 0 };
      if (word.length < topic.word.length) topic.word = word;
      topic.count++;
      topics.set(stem, topic);
    }
  const words = [...topics.values()]
    .filter(({ count }) => count > 1)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, maxTopics)
    .map(({ word }) => word);
  return `There are ${names.length}${words.length > 0 ? `, among others about: ${words.join(", ")}` : ""}.`;
}
