import { Agent, ModelError, wrapModel, type Model } from "@pawl/core";
import { scripted } from "@pawl/core/testing";
import { expect, test } from "vitest";

test("a wrapper can change the question, the events and the answer", async () => {
  const model = scripted(["It is nine."]);
  const wrapped = wrapModel(model, async function* (request, next) {
    const source = next({ ...request, instructions: "Be brief." });
    for (;;) {
      const step = await source.next();
      if (step.done) return { ...step.value, content: step.value.content.toUpperCase() };
      const event = step.value;
      yield event.type === "text-delta" ? { ...event, text: event.text.toUpperCase() } : event;
    }
  });
  const texts: string[] = [];
  const agent = new Agent({ model: wrapped });
  agent.on("text-delta", ({ text }) => texts.push(text));
  const { text } = await agent.run("What time is it?");

  expect(text).toBe("IT IS NINE.");
  expect(texts.join("")).toBe("IT IS NINE.");
  expect(model.requests[0]?.instructions).toBe("Be brief.");
});

test("id and capabilities are the model's own", () => {
  const model = { ...scripted([]), id: "m", capabilities: { tools: true, contextTokens: 9 } };
  const wrapped = wrapModel(model, (request, next) => next(request));

  expect(wrapped.id).toBe("m");
  expect(wrapped.capabilities).toBe(model.capabilities);
});

test("a model that is an instance of a class keeps its own this", async () => {
  class Echo implements Model {
    readonly id = "echo";
    readonly capabilities = { tools: false };
    readonly #answer = "Mine.";
    // oxlint-disable-next-line require-yield -- it has nothing to say on the way
    async *respond() {
      return { role: "assistant", content: this.#answer } as const;
    }
  }
  const wrapped = wrapModel(new Echo(), (request, next) => next(request));

  expect((await new Agent({ model: wrapped }).run("Whose?")).text).toBe("Mine.");
});

test("a wrapper may ask twice, or another model, or none", async () => {
  const broken = new ModelError("Out of order.", { code: "server" });
  const first = scripted([{ error: broken }, "Second try."]);
  const other = scripted(["The other."]);
  const retried = wrapModel(first, async function* (request, next) {
    try {
      return yield* next(request);
    } catch {
      return yield* next(request);
    }
  });
  const replaced = wrapModel(first, (request) => other.respond(request));
  // oxlint-disable-next-line require-yield -- it has nothing to say on the way
  const fixed = wrapModel(first, async function* () {
    return { role: "assistant", content: "Fixed." };
  });

  const answers = [retried, replaced, fixed].map((model) => new Agent({ model }).run("Go."));
  expect((await Promise.all(answers)).map(({ text }) => text)).toEqual([
    "Second try.",
    "The other.",
    "Fixed.",
  ]);
});

test("what a wrapper throws ends the run as failed", async () => {
  // oxlint-disable-next-line require-yield -- it has nothing to say on the way
  const model = wrapModel(scripted(["Hello."]), async function* () {
    throw new Error("Closed for today.");
  });

  expect(await new Agent({ model }).run("Go.")).toMatchObject({
    status: "failed",
    error: { message: "Closed for today." },
  });
});

test("wrapModel says what it takes", async () => {
  const model = scripted(["Hello."]);
  expect(() => wrapModel("gpt" as unknown as Model, (request, next) => next(request))).toThrow(
    /^wrapModel: the first argument must be a model, such as aimlapi/,
  );
  expect(() => wrapModel(model, undefined as never)).toThrow(
    /^wrapModel: the second argument must be a function/,
  );
  const wrong = wrapModel(model, (() => "Hello.") as never);

  expect(await new Agent({ model: wrong }).run("Go.")).toMatchObject({
    status: "failed",
    error: { message: expect.stringMatching(/must return an async generator; write it as/) },
  });
});

test.each([[null], [5], [undefined], [{}]])(
  "a wrapper that yields %j, which is no event, is ended and told so",
  async (wrong) => {
    let isEnded = false;
    const wrapped = wrapModel(scripted(["Hi."]), async function* (request, next) {
      try {
        yield wrong as never;
        return yield* next(request);
      } finally {
        isEnded = true;
      }
    });

    expect(await new Agent({ model: wrapped }).run("Go.")).toMatchObject({
      status: "failed",
      error: {
        message:
          'wrapModel: the wrapper must yield events of a model, such as { type: "text-delta", text: "…" }.',
      },
    });
    expect(isEnded).toBe(true);
  },
);
