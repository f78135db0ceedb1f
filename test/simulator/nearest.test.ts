import { simulator } from "@pawl/simulator";
import { expect, test } from "vitest";

import { talk, type Toy } from "./talk.ts";

const string = { type: "string" };

function library(documents: Readonly<Record<string, string>>): Readonly<Record<string, Toy>> {
  return {
    search: {
      description: "Search the documents",
      properties: { query: string },
      run: () => Object.keys(documents).map((path) => ({ path })),
    },
    read_file: {
      description: "Read a file",
      properties: { path: string },
      run: ({ path }) => documents[String(path)],
    },
  };
}

test("what stands under a heading is about it", async () => {
  await using sim = await simulator();
  const tools = library({
    "guide.md":
      "# Guide\n\nIt starts quickly.\n\n## Retries\n\nA failed call is made again three times.\n",
  });
  const { text } = await talk(sim.url, "How are errors retried?", { tools });
  expect(text).toContain("A failed call is made again three times. [1]");
});

test("when nothing answers, the nearest is quoted and called so", async () => {
  await using sim = await simulator();
  const tools = library({ "handbook.md": "# Rules\n\nEveryone is kind to each other.\n" });
  const { text } = await talk(sim.url, "Summarise the handbook", { tools });
  expect(text).toContain("The nearest I found: Rules: Everyone is kind to each other. [1]");
});

test("a short sentence with the rare word wins over code", async () => {
  await using sim = await simulator();
  const tools = library({
    "README.md":
      "# Things\n\nThe packages are small. All packages are tested.\n\n```sh\nnpm license packages\n```\n\n| a | b |\n| - | - |\n\nMIT license.\n",
  });
  const { text } = await talk(sim.url, "Which licence do the packages have?", { tools });
  expect(text).toContain("MIT license.");
  expect(text).not.toContain("npm");
});

test("a port in use is said in a sentence", async () => {
  await using sim = await simulator();
  const port = Number(new URL(sim.url).port);
  await expect(simulator({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
});
