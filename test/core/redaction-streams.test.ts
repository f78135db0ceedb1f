import { Agent } from "@pawl/core";
import { expect, test } from "vitest";

import { Chance } from "../fuzz/chance.ts";
import { inShreds } from "./in-shreds.ts";

/** What is streamed of an answer that comes in pieces, and what it says in the end. */
async function streamed(
  content: string,
  redact: ReadonlyArray<string | RegExp>,
  size: () => number = () => 1,
) {
  const { model } = inShreds([{ content }], size);
  const pieces: string[] = [];
  const agent = new Agent({ model, redact });
  agent.on("text-delta", ({ text }) => pieces.push(text));
  const { text } = await agent.run("Go.");
  return { pieces, text };
}

test.each(["ab", 'ab"\\', "ab\\nu0\n"])(
  "what is streamed in pieces is what the answer says: of %j",
  async (letters) => {
    const chance = new Chance(letters.length, 1);
    const word = (least: number, most: number): string =>
      Array.from({ length: least + chance.below(most - least) }, () =>
        chance.of(Array.from(letters)),
      ).join("");
    let redacted = 0;
    for (let round = 0; round < 150; round++) {
      const secrets = [word(4, 8), word(4, 8)];
      const secret = chance.of(secrets);
      const forms = [secret, JSON.stringify(secret).slice(1, -1), secret.slice(0, 3), word(0, 9)];
      const content = Array.from({ length: 12 }, () => chance.of(forms)).join("");
      const { pieces, text } = await streamed(content, secrets, () => 1 + chance.below(6));
      expect(pieces.join("")).toBe(text);
      if (text !== content) redacted++;
    }
    expect(redacted).toBeGreaterThan(100);
  },
);

test("two secrets that overlap go as one", async () => {
  const { pieces, text } = await streamed("x abcdefgh y", ["abcdef", "defgh"]);

  expect(text).toBe("x [redacted] y");
  expect(pieces.join("")).toBe(text);
});

test("JSON stays JSON: an escape goes as a whole", async () => {
  const content = '{"a":"x\\nabcd","b":"1234\\"y"}';
  const { pieces, text } = await streamed(content, ["nabcd", "1234\\"]);

  expect(JSON.parse(text)).toEqual({ a: "x[redacted]", b: "[redacted]y" });
  expect(JSON.parse(pieces.join(""))).toEqual(JSON.parse(text));
});

test("what is redacted stays as it is when it is looked at again", async () => {
  const redact = [/\w{6,}/];
  const { text } = await streamed("secretly and x_secretly_y, so", redact);
  const { messages } = await new Agent({ model: inShreds([{ content: text }]).model, redact }).run(
    text,
  );

  expect(text).toBe("[redacted] and [redacted], so");
  expect(messages.map(({ content }) => content)).toEqual([text, text]);
});

test("JSON inside JSON hides nothing, and neither does a stray backslash", async () => {
  const inside = String.raw`{\"a\":\"\\u0073k-live-51Hx\"}`;
  const stray = String.raw`C:\b\"cdef`;

  expect((await streamed(inside, ["sk-live-51Hx"])).text).toBe(String.raw`{\"a\":\"[redacted]\"}`);
  expect((await streamed(stray, ['b"cdef'])).text).not.toContain("cdef");
});

test("a pattern of the beginning of a text finds no other beginning", async () => {
  const content = "see key-one and\nkey-two, in the end";
  const { pieces, text } = await streamed(content, [/^key-\w+/]);

  expect(text).toBe(content);
  expect(pieces.join("")).toBe(content);
});

test("what is streamed is, put together, what the answer says, and comes without delay", async () => {
  const key = "sk-live-51Hx";
  const { pieces, text } = await streamed(`One sk-live-51Hy, two ${key}, three s`, [key]);

  expect(text).toBe("One sk-live-51Hy, two [redacted], three s");
  expect(pieces.join("")).toBe(text);
  expect(pieces.slice(0, 4)).toEqual(["O", "n", "e", " "]);
});

test("a pattern without blanks holds back a word, any other the last 256 characters", async () => {
  const long = `${"word ".repeat(100)}end`;
  const heard = async (pattern: RegExp): Promise<readonly string[]> =>
    (await streamed(long, [pattern])).pieces.filter((text) => text !== "");

  expect((await heard(/sk-\w+/)).slice(0, 2)).toEqual(["word ", "word "]);
  const tail = (await heard(/key: \S+/)).at(-1) ?? "";
  expect(tail.length).toBeGreaterThanOrEqual(256);
  expect(tail.length).toBeLessThan(264);
});

test.each([
  [/sk-\w{8,}/, "sk-abcdefgh12"],
  [/password: \S+/i, "Password: hunter22"],
  [/-----BEGIN [^]+?END-----/, `-----BEGIN KEY ${"line of it\n".repeat(18)}END-----`],
  [/(?<=Bearer )\S+/, "Bearer abc.def"],
  [/(?<=key=)[!-~]+/, "key=abc.def"],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/, `eyJ${"a".repeat(300)}.${"b".repeat(300)}.c`],
])("a pattern is found across pieces of any size: %s", async (pattern, secret) => {
  const chance = new Chance(7, 1);
  const before = "Some words that come before it. ".repeat(20);
  for (let round = 0; round < 20; round++) {
    const content = `${before}${secret} and after it, in the end`;
    const { pieces, text } = await streamed(content, [pattern], () => 1 + chance.below(9));

    expect(text).toBe(content.replace(pattern, "[redacted]"));
    expect(pieces.join("")).toBe(text);
  }
});
