import { setTimeout as sleep } from "node:timers/promises";

import { Agent, tool, wrapTool, type AgentEvent, type Tool, type ToolWrapper } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";

import { callOf } from "./call-of.ts";

const double = tool({
  description: "Doubles",
  inputSchema: z.object({ n: z.number() }),
  effect: "write",
  timeoutMs: 5000,
  execute: ({ n }) => n * 2,
});

/** A tool that reports what it has counted, and notes how far it was read. */
function counting(pulled: number[] = []) {
  return tool({
    description: "Counts",
    inputSchema: z.object({}),
    execute: async function* () {
      for (let i = 1; i <= 5; i++) {
        pulled.push(i);
        yield i;
      }
      return "counted";
    },
  });
}

function progressOf(events: readonly AgentEvent[]): unknown[] {
  return events.flatMap((each) => (each.type === "tool-progress" ? [each.value] : []));
}

test("a wrapper can change what goes in and what comes out", async () => {
  const more = wrapTool(double, async ({ input, options }, next) => {
    return (await next({ input: { n: input.n + 1 }, options })) + 1;
  });

  expect((await callOf(more, { input: { n: 2 } })).content).toBe("7");
});

test("all of a tool but its execute stays as it is, types included", () => {
  const wrapped = wrapTool(double, ({ input }) => input.n);

  expect(wrapped).toMatchObject({ description: "Doubles", effect: "write", timeoutMs: 5000 });
  expect(wrapped.inputSchema).toBe(double.inputSchema);
  expectTypeOf(wrapped).toEqualTypeOf(double);
});

test("next may be called not at all, and then a plain answer is there at once", () => {
  const wrapped = wrapTool(double, ({ input }) => input.n);

  expect(wrapped.execute({ n: 3 }, {} as never)).toBe(3);
});

test("next may be called several times", async () => {
  let calls = 0;
  const flaky = tool({
    description: "Fails twice",
    inputSchema: z.object({}),
    execute: () => {
      if (++calls < 3) throw new Error("Not yet.");
      return calls;
    },
  });
  const retried = wrapTool(flaky, async (request, next) => {
    for (;;) {
      try {
        return await next(request);
      } catch {
        await sleep(1);
      }
    }
  });

  expect((await callOf(retried)).content).toBe("3");
});

test("what the tool and what the wrapper throw is the error of the call", async () => {
  const failing = wrapTool(double, async (request, next) => {
    await next(request);
    throw new Error("The wrapper is not pleased.");
  });

  expect((await callOf(failing, { input: { n: 1 } })).content).toBe(
    "Error: The wrapper is not pleased.",
  );
});

test("what a tool yields comes out as progress, also that of a generator around it", async () => {
  const wrapped = wrapTool(counting(), async function* (request, next) {
    yield "before";
    const output = await next(request);
    yield "after";
    return `${output}!`;
  });

  const { events, content } = await callOf(wrapped);

  expect(progressOf(events)).toEqual(["before", 1, 2, 3, 4, 5, "after"]);
  expect(content).toBe("counted!");
});

test("a tool that yields is pulled no faster than it is read", async () => {
  const pulled: number[] = [];
  const wrapped = wrapTool(counting(pulled), (request, next) => next(request));
  const events = wrapped.execute({}, { signal: new AbortController().signal } as never);
  if (!(Symbol.asyncIterator in Object(events))) throw new Error("It does not yield.");
  const reader = events as AsyncGenerator;
  await sleep(5);
  expect(pulled).toEqual([]);

  await reader.next();
  await sleep(5);
  expect(pulled).toEqual([1]);

  await reader.next();
  await sleep(5);
  expect(pulled).toEqual([1, 2]);
});

test("calls side by side share the way out, each waiting for its own to be read", async () => {
  const pulled: number[] = [];
  const twice = wrapTool(counting(pulled), async (request, next) => {
    const [one, two] = await Promise.all([next(request), next(request)]);
    return one + two;
  });
  const signal = new AbortController().signal;
  const reader = twice.execute({}, { signal } as never) as AsyncGenerator;
  await reader.next();
  await sleep(5);
  expect(pulled).toEqual([1, 1]);

  const { events, content } = await callOf(twice);
  expect(
    progressOf(events)
      .map(Number)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  expect(content).toBe("countedcounted");
});

test("whoever stops reading ends the tool and the wrapper, whose clean-ups run", async () => {
  const ended: string[] = [];
  const endless = tool({
    description: "Yields",
    inputSchema: z.object({}),
    execute: async function* () {
      try {
        for (;;) yield "tick";
      } finally {
        ended.push("tool");
      }
    },
  });
  const wrapped = wrapTool(endless, async (request, next) => {
    try {
      return await next(request);
    } finally {
      ended.push("wrapper");
    }
  });
  const signal = new AbortController().signal;
  const reader = wrapped.execute({}, { signal } as never) as AsyncGenerator;
  await reader.next();
  await reader.return(undefined);
  await sleep(1);

  expect(ended.toSorted()).toEqual(["tool", "wrapper"]);
});

test("a list of wrappers keeps its order", async () => {
  const order: string[] = [];
  const noted =
    (name: string): ToolWrapper<{ n: number }, number, unknown> =>
    async (request, next) => {
      order.push(`${name} in`);
      const output = await next(request);
      order.push(`${name} out`);
      return output;
    };
  const wrapped = wrapTool(wrapTool(double, noted("inner")), noted("outer"));
  await callOf(wrapped, { input: { n: 1 } });

  expect(order).toEqual(["outer in", "inner in", "inner out", "outer out"]);
});

test("wrapTool says what it takes", () => {
  expect(() => wrapTool("pay" as unknown as Tool, (request, next) => next(request))).toThrow(
    new TypeError("wrapTool: the first argument must be a tool, made by tool({ … })."),
  );
  expect(() => wrapTool(double, undefined as never)).toThrow(
    /^wrapTool: the second argument must be a function/,
  );
});

test("a wrapped tool in a list of an agent's keeps its name", async () => {
  const named = wrapTool({ ...double, name: "double" }, (request, next) => next(request));
  const model = scripted([{ toolCalls: [{ name: "double", input: { n: 4 } }] }, "Eight."]);
  const { steps } = await new Agent({ model, tools: [named] }).run("Double four.");

  expect(steps[0]?.toolResults).toMatchObject([{ toolName: "double", output: 8 }]);
});

test.each([[undefined], [null], [{}], [{ input: { n: 2 } }]])(
  "next refuses %j, which is no request",
  async (wrong) => {
    const wrapped = wrapTool(double, (_, next) => next(wrong as never));

    expect((await callOf(wrapped, { input: { n: 2 } })).content).toBe(
      "Error: wrapTool: next takes the request { input, options }, as the wrapper got it or with changes.",
    );
  },
);
