import { aimlapi, chatCompletions } from "@pawl/models";
import { expect, test } from "vitest";

// What is sent to AI/ML API itself cannot be seen by a server of this machine, so the headers are looked at where they are made.
// @boundaries-ignore the headers are looked at where they are made
import { readChatOptions } from "../../packages/models/src/chat-completions/chat-options.ts";
import { ask, hello, send, serve } from "./server.ts";

const attribution = {
  source: "agent/my-app",
  partnerId: "part_Ab12",
  referer: "https://my.app",
  title: "My app",
  integrationRepo: "octo/my.app",
  integrationVersion: "1.2.0-beta+3",
};

const headers = {
  "x-aimlapi-source": "agent/my-app",
  "x-aimlapi-partner-id": "part_Ab12",
  "http-referer": "https://my.app",
  "x-title": "My app",
  "x-aimlapi-integration-repo": "octo/my.app",
  "x-aimlapi-integration-version": "1.2.0-beta+3",
};

const names = new RegExp(`^(${Object.keys(headers).join("|")})$`);

test.each([
  "https://api.aimlapi.com/v1",
  "https://API.aimlapi.com:443",
  "https://api.aimlapi.com/v2/",
])("AI/ML API is told which application asks: %s", (baseURL) => {
  expect(headersFor({ baseURL, attribution })).toMatchObject(headers);
  expect(sentNames({ baseURL, attribution: { title: "A" } })).toEqual(["x-title"]);
});

test.each([
  "http://api.aimlapi.com/v1",
  "https://api.aimlapi.com:8443/v1",
  "https://api.aimlapi.com.evil.com/v1",
  "https://evil.com/api.aimlapi.com/v1",
  "https://api.aimlapi.com@evil.com/v1",
  "https://eu.api.aimlapi.com/v1",
  "https://api.aimlapi.com./v1",
])("no other server is: %s", (baseURL) => {
  expect(sentNames({ baseURL, attribution })).toEqual([]);
});

test("nothing is said of the application unless it is given", () => {
  const baseURL = "https://api.aimlapi.com/v1";
  for (const given of [undefined, {}, { title: undefined }])
    expect(sentNames({ baseURL, attribution: given })).toEqual([]);
});

test("a server that is not AI/ML API sees nothing of it on the wire", async () => {
  await using server = await serve((response) => send(response, hello));
  await ask(aimlapi("m", { baseURL: server.baseURL, apiKey: "k", attribution }));
  const seen = Object.keys(server.received[0]?.headers ?? {});
  expect(seen.filter((name) => names.test(name))).toEqual([]);
});

test.each([
  ["source", ["agent", "bot/a", "agent/A", `web/${"a".repeat(33)}`, "web/", "mcp/a\n", 7]],
  ["partnerId", ["part_", "Part_a", "part_a-b", `part_${"a".repeat(65)}`, "openclaw"]],
  ["referer", ["my.app", "ftp://my.app", "https://my app", "https://", ""]],
  ["title", ["", " a", "a ", "a\nb", "ä"]],
  ["integrationRepo", ["app", "a/b/c", "a b/c", "/"]],
  ["integrationVersion", ["", "1 2", "1/2", "1".repeat(65)]],
])("%s of another form, which would silently be dropped, is refused", (name, values) => {
  for (const value of values) {
    const create = (): unknown =>
      chatCompletions({ baseURL: "http://a.b", model: "m", attribution: { [name]: value } });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(`chatCompletions: "attribution.${name}" must be a text such as "`);
  }
});

test("a header that is given twice is refused", () => {
  const baseURL = "https://api.aimlapi.com/v1";
  expect(() => headersFor({ baseURL, attribution, headers: { "X-Title": "Mine" } })).toThrow(
    'test: "headers" holds "x-title", which "attribution" sets; leave one of them out.',
  );
});

function headersFor(options: object): Readonly<Record<string, string>> {
  const all = { model: "m", baseURL: "", ...options };
  return readChatOptions("test", all).endpoint.headers;
}

function sentNames(options: object): string[] {
  return Object.keys(headersFor(options)).filter((name) => names.test(name));
}
