import { execFile } from "node:child_process";
import { promisify } from "node:util";

import * as core from "@pawl/core";
import * as testing from "@pawl/core/testing";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** The packages that a fresh process loads while it runs `code`. */
async function loadedBy(code: string): Promise<string[]> {
  const script = `
    import { registerHooks } from "node:module";
    const urls = new Set();
    registerHooks({
      load(url, context, next) { urls.add(url); return next(url, context); },
    });
    ${code}
    console.log(JSON.stringify([...urls]));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
  });
  const urls = JSON.parse(stdout) as string[];
  const names = urls.flatMap(
    (url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [],
  );
  return [...new Set(names)].toSorted();
}

test("the package exports this and nothing else", () => {
  expect(Object.keys(core).toSorted()).toMatchInlineSnapshot(`
    [
      "Agent",
      "AgentStream",
      "ModelError",
      "OutputError",
      "ToolError",
      "addUsage",
      "checkOptions",
      "handoff",
      "memoryResults",
      "memorySession",
      "tool",
      "wrapModel",
      "wrapTool",
    ]
  `);
  expect(Object.keys(testing)).toEqual(["scripted"]);
});

test("importing the package loads no schema library and no network", async () => {
  expect(await loadedBy('await import("@pawl/core");')).toEqual(["eventemitter3"]);
});

test("a schema library is loaded when the first schema needs it, and only that one", async () => {
  const schema = '{ type: "object", properties: {} }';
  const loaded = await loadedBy(`
    const { tool } = await import("@pawl/core");
    tool({ description: "x", inputSchema: ${schema}, execute: () => 1 });`);

  expect(loaded).toContain("ajv");
  expect(loaded).not.toContain("zod");
  expect(loaded).not.toContain("zod-to-json-schema");
});
