import { Agent, type ContentPart, ModelError } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

import { current, first, problemsOf } from "./request-schemas.ts";
import { ask, bodiesOf, hello, send, serve } from "./server.ts";

const png = Buffer.from("a picture").toString("base64");

test.each<[string, ContentPart, object]>([
  ["text", { type: "text", text: "Look." }, { type: "text", text: "Look." }],
  [
    "an address",
    { type: "image", image: "https://a.b/c.png", detail: "low" },
    { type: "image_url", image_url: { url: "https://a.b/c.png", detail: "low" } },
  ],
  [
    "a data: address",
    { type: "image", image: "data:image/gif;base64,R0lG", mediaType: "image/png" },
    { type: "image_url", image_url: { url: "data:image/gif;base64,R0lG" } },
  ],
  [
    "bytes of a known kind",
    { type: "image", image: png, mediaType: "image/jpeg" },
    { type: "image_url", image_url: { url: `data:image/jpeg;base64,${png}` } },
  ],
  [
    "bytes",
    { type: "image", image: png },
    { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
  ],
  [
    "a file's bytes",
    { type: "file", data: "JVBERi0xLjQK", mediaType: "application/pdf", filename: "a.pdf" },
    file({ filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0xLjQK" }),
  ],
  [
    "a file without a name",
    { type: "file", data: "YQ==", mediaType: "text/markdown; charset=utf-8" },
    file({
      filename: "file.markdown",
      file_data: "data:text/markdown; charset=utf-8;base64,YQ==",
    }),
  ],
  [
    "a file as an address",
    { type: "file", data: "data:application/pdf;base64,YQ==", mediaType: "application/pdf" },
    file({ filename: "file.pdf", file_data: "data:application/pdf;base64,YQ==" }),
  ],
  [
    "a file that the provider keeps",
    { type: "file", data: "file-G9RUSJfisA2m5m8z", mediaType: "application/pdf" },
    file({ file_id: "file-G9RUSJfisA2m5m8z" }),
  ],
  [
    "a kept file of a plain name",
    { type: "file", data: "7Ab3x", mediaType: "application/pdf" },
    file({ file_id: "7Ab3x" }),
  ],
  [
    "a kept file with a name",
    { type: "file", data: "file_12", mediaType: "application/pdf", filename: "a.pdf" },
    file({ file_id: "file_12", filename: "a.pdf" }),
  ],
])("%s is sent as the API has it", async (_name, part, wanted) => {
  const content = [{ type: "text", text: "See:" }, part] as const;
  const [body] = await bodiesOf([{ messages: [{ role: "user", content }] }]);
  expect(body?.messages[0]).toEqual({
    role: "user",
    content: [{ type: "text", text: "See:" }, wanted],
  });
  expect(await problemsOf(current, { messages: [{ role: "user", content }] }, {})).toEqual([]);
});

test("long bytes are bytes, whatever their length says", async () => {
  const data = "A".repeat(257);
  const content = [{ type: "file", data, mediaType: "application/pdf" }] as const;
  const [body] = await bodiesOf([{ messages: [{ role: "user", content }] }]);
  expect(JSON.stringify(body?.messages)).toContain(`data:application/pdf;base64,${data}`);
});

test("a single text is sent as a text, which every server understands", async () => {
  const content = [{ type: "text", text: "Hello" }] as const;
  const messages = [{ role: "user", content }] as const;
  const [body] = await bodiesOf([{ messages }]);
  expect(body?.messages).toEqual([{ role: "user", content: "Hello" }]);
  const old = { model: "cohere/command-r-plus" };
  const several = [{ role: "user", content: [...content, ...content] }] as const;
  expect(await problemsOf(first, { messages: several, tools: [] }, old)).toEqual([]);
});

test("a picture for a model that looks at none is an error before anything is sent", async () => {
  await using server = await serve((response) => send(response, hello));
  const model = chatCompletions({
    baseURL: server.baseURL,
    model: "blind",
    capabilities: { images: false },
  });
  const content = [{ type: "image", image: png }] as const;
  const { error } = await ask(model, { messages: [{ role: "user", content }] });
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    code: "invalid-request",
    retryable: false,
    message:
      'The model "blind" does not look at pictures: leave the image out of the message, or use a model that does.',
  });
  expect(server.received).toHaveLength(0);
  const text = [{ type: "text", text: "Hello" }] as const;
  expect((await ask(model, { messages: [{ role: "user", content: text }] })).error).toBeUndefined();
});

test("an agent takes parts, and goes on with them in the next run", async () => {
  await using server = await serve((response) => send(response, hello));
  const agent = new Agent({ model: chatCompletions({ baseURL: server.baseURL, model: "m" }) });
  const content = [{ type: "image", image: png }] as const;
  const { messages, text } = await agent.run([{ role: "user", content }]);
  expect(text).toBe("Hello");
  await agent.run([...messages, { role: "user", content: "Again." }]);
  const bodies = server.received.map(({ body }) => JSON.parse(body) as { messages: object[] });
  expect(bodies[1]?.messages[0]).toEqual(bodies[0]?.messages[0]);
});

function file(fields: object): object {
  return { type: "file", file: fields };
}
