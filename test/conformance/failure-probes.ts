import { ModelError } from "@pawl/core";

import { ask } from "./ask.ts";
import { fail, modelOf, notSupported, pass, type Probe, quoted } from "./probe.ts";

/** An abort may take this long to settle, the slowness of a busy machine included. */
const abortMs = 250;

/** Requests that must fail, and how. */
export const failureProbes: readonly Probe[] = [
  {
    id: "live-unknown-model",
    rule: "An unknown model is a 404 with a sentence.",
    look: async (target) => {
      const unknown = { ...target, model: "no-such-model-of-anybody" };
      const { error, message } = await ask(modelOf(unknown, { maxRetries: 0 }));
      if (message) return fail(`answered all the same: ${quoted(message.content)}`);
      if (!(error instanceof ModelError)) return fail(String(error));
      if (error.code === "not-found") return pass(error.message);
      const seen = `status ${error.status ?? "none"} in place of 404: ${error.message}`;
      return error.code === "invalid-request" ? notSupported(seen) : fail(seen);
    },
  },
  {
    id: "live-wrong-key",
    rule: "A wrong key is refused.",
    look: async (target) => {
      const wrong = { ...target, apiKey: "wrong-key-of-a-conformance-probe" };
      const { error, message } = await ask(modelOf(wrong, { maxRetries: 0 }));
      if (message)
        return target.apiKey === undefined
          ? notSupported("every key is let in")
          : fail("let in with a wrong key");
      return error instanceof ModelError && error.code === "auth"
        ? pass(error.message)
        : fail(String(error));
    },
  },
  {
    id: "live-abort",
    rule: "An abort ends a request at once, with its own reason.",
    look: async (target) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      let abortedAt = 0;
      const timer = setTimeout(() => {
        abortedAt = performance.now();
        controller.abort(reason);
      }, 20);
      const long = "Write ten sentences about the sea, and no less.";
      const { error, message } = await ask(modelOf(target), {
        messages: [{ role: "user", content: long }],
        signal: controller.signal,
      });
      clearTimeout(timer);
      if (message) return notSupported("the whole answer came within 20 ms");
      const took = Math.round(performance.now() - abortedAt);
      const seen = `ended after ${took} ms with ${String(error)}`;
      return error === reason && took <= abortMs ? pass(seen) : fail(seen);
    },
  },
];
