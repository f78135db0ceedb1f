import { httpGet } from "@pawl/tools";
import { Response } from "undici";
import { expect, test } from "vitest";

// A test has no public host, and no public option lets it pretend to be one: these three are the seams.
// @boundaries-ignore the seam that decides on addresses
import { isPublicAddress, lookupPublic } from "../../packages/tools/src/address-guard.ts";
// @boundaries-ignore the seam that follows redirects
import { follow } from "../../packages/tools/src/follow.ts";
// @boundaries-ignore what the seams speak of
import { openWeb, type Web } from "../../packages/tools/src/web.ts";
import { call } from "./call.ts";
import { webServer } from "./web-server.ts";

test("every spelling of this machine is refused and the server is never reached", async () => {
  let requests = 0;
  const { port } = await webServer((_, response) => {
    requests += 1;
    response.end("secret");
  });
  const hosts = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "localhost",
    "LOCALHOST",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[64:ff9b:1::7f00:1]",
  ];
  for (const host of hosts)
    await expect(call(httpGet(), { url: `http://${host}:${port}/` })).rejects.toThrow(
      "leads to a private, local or reserved network address",
    );
  expect(requests).toBe(0);
});

test("networks that are not the public internet are refused", async () => {
  const hosts = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.0.192",
    "168.63.129.16",
    "240.0.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2001:470::5efe:7f00:1]",
    "[2001::1]",
    "[100::1]",
  ];
  for (const host of hosts)
    await expect(call(httpGet({ timeoutMs: 2000 }), { url: `http://${host}/` })).rejects.toThrow(
      "leads to a private, local or reserved network address",
    );
});

test("public addresses pass the same check", () => {
  for (const address of ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
    expect(isPublicAddress(address)).toBe(true);
  for (const text of ["", "example.com", "0x7f.1", "fe80::1%eth0"])
    expect(isPublicAddress(text)).toBe(false);
});

test("a name is refused by the very lookup that the socket uses, one address or all", async () => {
  for (const all of [true, false]) {
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    lookupPublic("localhost", { all }, resolve);
    expect((await promise)?.message).toContain('"localhost" leads to a private');
  }
});

test("a redirect from a public host to this machine is refused", async () => {
  let requests = 0;
  const { url } = await webServer((_, response) => {
    requests += 1;
    response.end("secret");
  });
  const real = await openWeb(false);
  for (const target of [url, url.replace("127.0.0.1", "localhost")]) {
    const web: Web = {
      get: async (to, signal) =>
        to.hostname === "public.example"
          ? new Response(null, { status: 302, headers: { location: target } })
          : real.get(to, signal),
      close: () => real.close(),
    };
    const { signal } = new AbortController();
    const visit = { web, isAllowedHost: () => true, maxRedirects: 5, maxBytes: 1000, signal };
    await expect(follow(visit, "http://public.example/")).rejects.toThrow("leads to a private");
  }
  await real.close();
  expect(requests).toBe(0);
});

test("a redirect from https to http is refused", async () => {
  const web: Web = {
    get: async () =>
      new Response(null, { status: 301, headers: { location: "http://public.example/" } }),
    close: async () => {},
  };
  const { signal } = new AbortController();
  const visit = { web, isAllowedHost: () => true, maxRedirects: 5, maxBytes: 1000, signal };
  await expect(follow(visit, "https://public.example/")).rejects.toThrow("unencrypted http");
});

test.each([
  ["file:///etc/passwd", '"file:" URLs cannot be read'],
  ["ftp://example.com/", '"ftp:" URLs cannot be read'],
  ["data:text/plain,hi", '"data:" URLs cannot be read'],
  ["example.com", "is not an absolute URL"],
  ["http://user:secret@example.com/", "user name or password"],
  ["https://token@example.com/", "user name or password"],
])("%s is refused", async (url, problem) => {
  const error: unknown = await call(httpGet({ allowPrivate: true }), { url }).catch(
    (cause) => cause,
  );
  expect(String(error)).toContain(problem);
  expect(String(error)).not.toContain("secret");
});

test("a redirect to a file or with credentials is refused like a first URL", async () => {
  for (const location of ["file:///etc/passwd", "http://user:secret@example.com/"]) {
    const { url } = await webServer((_, response) => response.writeHead(302, { location }).end());
    await expect(call(httpGet({ allowPrivate: true }), { url })).rejects.toThrow(
      /cannot be read|password/,
    );
  }
});

test("only allowed hosts are asked, redirects included", async () => {
  const { url, port } = await webServer((request, response) => {
    if (request.url === "/away")
      response.writeHead(302, { location: `http://localhost:${port}/` }).end();
    else response.setHeader("content-type", "text/plain").end("hello");
  });
  const only = httpGet({ allowPrivate: true, allowHosts: ["127.0.0.1", "*.example.com"] });
  expect((await call(only, { url })).text).toBe("hello");
  const wrong = [
    "http://localhost/",
    "http://example.com/",
    "http://evilexample.com/",
    "http://example.com.evil.net/",
  ];
  for (const other of wrong)
    await expect(call(only, { url: other })).rejects.toThrow("is not among the allowed hosts");
  await expect(call(only, { url: `${url}/away` })).rejects.toThrow("not among the allowed hosts");
});

test("an allowed host must still be public", async () => {
  const { url } = await webServer((_, response) => response.end("secret"));
  const tool = httpGet({ allowHosts: ["127.0.0.1"] });
  await expect(call(tool, { url })).rejects.toThrow("leads to a private");
});

test("wrong options are a programmer's mistake", () => {
  for (const allowHosts of [
    [],
    ["http://example.com"],
    ["example.com:80"],
    ["a/b"],
    ["*"],
    [7],
    "x",
  ])
    expect(() => httpGet({ allowHosts } as object)).toThrow(TypeError);
  expect(() => httpGet({ allowPrivte: true } as object)).toThrow('Did you mean "allowPrivate"?');
  expect(() => httpGet({ timeoutMs: 0 })).toThrow("timeoutMs");
  expect(() => httpGet({ maxRedirects: -1 })).toThrow("maxRedirects");
});
