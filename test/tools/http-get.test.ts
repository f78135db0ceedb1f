import { once } from "node:events";
import type { Server } from "node:http";
import { gzipSync } from "node:zlib";

import { httpGet } from "@pawl/tools";
import { expect, test } from "vitest";

import { call } from "./call.ts";
import { webServer } from "./web-server.ts";

const get = httpGet({ allowPrivate: true });

test("a text is returned with its status and type, whatever the status", async () => {
  const { url } = await webServer((_, response) =>
    response.writeHead(404, { "content-type": "application/json; charset=utf-8" }).end('{"a":"ü"}'),
  );
  expect(await call(get, { url: `${url}/x#part` })).toEqual({
    url: `${url}/x`,
    status: 404,
    contentType: "application/json",
    text: '{"a":"ü"}',
    truncated: false,
  });
});

test("requests are plain: GET, the name pawl, no cookies and no credentials", async () => {
  const seen: unknown[] = [];
  const { url } = await webServer(({ method, headers }, response) => {
    seen.push(method, headers["user-agent"], headers.cookie, headers.authorization);
    response.writeHead(200, { "content-type": "text/plain", "set-cookie": "a=b" }).end();
  });
  await call(get, { url });
  await call(get, { url });
  expect(seen).toEqual(["GET", "pawl", undefined, undefined, "GET", "pawl", undefined, undefined]);
});

test("HTML is reduced to readable text", async () => {
  const { url } = await webServer((_, response) =>
    response.setHeader("content-type", "text/html").end(
      `<!doctype html><html><head><title>Prices</title><style>p{color:red}</style>
      <script>if (a < b) alert("<p>no</p>")</script></head><body><!-- <p>hidden</p> -->
      <h1>All &amp; sundry</h1><p>One <b>bold</b>&nbsp;word &#8364;5 &#x2014; &amp;lt;</p><ul><li>a<li>b</ul></body></html>`,
    ),
  );
  const { text } = await call(get, { url });
  expect(text).toBe("Prices\n\nAll & sundry\n\nOne bold word €5 — &lt;\n\na\nb");
});

test("hostile HTML takes no more than a moment", async () => {
  const pieces = ["<script>", "<!--", "<p ", "</script", "&#", "<script></script "];
  for (const piece of pieces) {
    const body = piece.repeat(Math.floor(1_000_000 / piece.length));
    const { url } = await webServer((_, response) =>
      response.setHeader("content-type", "text/html").end(body),
    );
    const start = performance.now();
    await call(get, { url });
    expect(performance.now() - start).toBeLessThan(1500);
  }
});

test("the charset of the answer is used", async () => {
  const { url } = await webServer((_, response) =>
    response
      .setHeader("content-type", 'text/plain; charset="iso-8859-1"')
      .end(Buffer.from([0x67, 0x72, 0xfc, 0x6e])),
  );
  expect((await call(get, { url })).text).toBe("grün");
});

test("what is not text is refused by its type, and without a type by a zero byte", async () => {
  const { url } = await webServer((request, response) => {
    if (request.url === "/png") response.setHeader("content-type", "image/png");
    response.end(Buffer.from([1, 0, 2]));
  });
  await expect(call(get, { url: `${url}/png` })).rejects.toThrow("is image/png, not text");
  await expect(call(get, { url })).rejects.toThrow("is not text");
});

test("redirects are followed and the last URL is told", async () => {
  const { url } = await webServer((request, response) => {
    if (request.url === "/old") response.writeHead(301, { location: "/new?x=1" }).end();
    else response.setHeader("content-type", "text/plain").end(request.url);
  });
  expect(await call(get, { url: `${url}/old` })).toMatchObject({
    url: `${url}/new?x=1`,
    text: "/new?x=1",
  });
});

test("a redirect loop ends at the limit", async () => {
  let requests = 0;
  const { url } = await webServer((_, response) => {
    requests += 1;
    response.writeHead(302, { location: "/" }).end();
  });
  await expect(call(get, { url })).rejects.toThrow("redirects more than 5 times");
  expect(requests).toBe(6);
  const none = httpGet({ allowPrivate: true, maxRedirects: 0 });
  await expect(call(none, { url })).rejects.toThrow("redirects more than 0 times");
});

test("a big body is cut with a note, counted after decompression", async () => {
  const { url } = await webServer((request, response) => {
    response.setHeader("content-type", "text/plain");
    if (request.url === "/bomb")
      response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(50_000_000, "x")));
    else response.end("ü".repeat(100));
  });
  const small = httpGet({ allowPrivate: true, maxBytes: 11 });
  expect(await call(small, { url })).toMatchObject({
    text: "üüüüü\n[Cut here: only the first 11 bytes were read.]",
    truncated: true,
  });
  const { text, truncated } = await call(get, { url: `${url}/bomb` });
  expect(truncated).toBe(true);
  expect(text.length).toBeLessThan(1_048_576 + 100);
  expect(await call(httpGet({ allowPrivate: true, maxBytes: 200 }), { url })).toMatchObject({
    text: "ü".repeat(100),
    truncated: false,
  });
});

test("a body that trickles for ever ends at the deadline, and so does a server that says nothing", async () => {
  const { url, server } = await webServer((request, response) => {
    if (request.url === "/silent") return;
    response.writeHead(200, { "content-type": "text/plain" });
    const timer = setInterval(() => response.write("."), 20);
    response.on("close", () => clearInterval(timer));
  });
  const hasty = httpGet({ allowPrivate: true, timeoutMs: 300 });
  await call(hasty, { url: "http://127.0.0.1:1/" }).catch(() => {});
  for (const path of ["/slow", "/silent"]) {
    const start = performance.now();
    await expect(call(hasty, { url: url + path })).rejects.toThrow(
      "no complete answer within 300 ms",
    );
    const elapsed = performance.now() - start;
    expect(elapsed).toBeGreaterThan(280);
    expect(elapsed).toBeLessThan(350);
  }
  await expect.poll(() => connections(server)).toBe(0);
});

test("an abort settles at once with its own reason and closes the socket", async () => {
  const { url, server } = await webServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).write("start");
  });
  const controller = new AbortController();
  const reason = new Error("enough");
  const answer = call(get, { url }, controller.signal).catch((cause: unknown) => cause);
  await once(server, "request");
  const start = performance.now();
  controller.abort(reason);
  expect(await answer).toBe(reason);
  expect(performance.now() - start).toBeLessThan(50);
  await expect.poll(() => connections(server)).toBe(0);
  await expect(call(get, { url }, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test("no socket is left after an answer", async () => {
  const { url, server } = await webServer((_, response) =>
    response.setHeader("content-type", "text/plain").end("done"),
  );
  await call(get, { url });
  await expect.poll(() => connections(server)).toBe(0);
});

test("failures of the network are told in a sentence", async () => {
  const { url, server } = await webServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-length": "100" });
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  await expect(call(get, { url })).rejects.toThrow("broke off before its end");
  await new Promise((resolve) => server.close(resolve));
  await expect(call(get, { url })).rejects.toThrow("nothing answers at that host and port");
  await expect(call(httpGet(), { url: "http://missing.invalid/" })).rejects.toThrow(
    "could not be read",
  );
});

async function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
}
