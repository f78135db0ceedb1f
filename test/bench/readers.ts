import { Agent, type Model } from "@pawl/core";
import { chatCompletions } from "@pawl/models";
import { createParser } from "eventsource-parser";
import { Agent as Connections, request } from "undici";

import { streamedEvents } from "./streamed-body.ts";

/** Reads one answer, and returns how many characters of it there were. */
export type Reader = () => Promise<number>;

/** Where an answer comes from. */
export interface Source {
  readonly baseURL: string;
  readonly model: string;
}

/** What is measured, by name. */
export const readers: Readonly<Record<string, (source: Source) => Reader>> = {
  "hand-written": handWritten,
  run(source) {
    const agent = new Agent({ model: chatCompletions(source) });
    return async () => {
      const result = await agent.run("Go on.");
      if (result.status === "failed") throw result.error;
      return result.text.length;
    };
  },
  stream(source) {
    const agent = new Agent({ model: chatCompletions(source) });
    return async () => {
      let length = 0;
      for await (const event of agent.stream("Go on."))
        if (event.type === "text-delta") length += event.text.length;
      return length;
    };
  },
  unwatched: (source) => answerReader(chatCompletions(source), false),
  watched: (source) => answerReader(chatCompletions(source), true),
  parser: parserAlone,
};

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly function: { readonly arguments?: string } }[];
    };
  }[];
}

/** The measure: what one writes by hand for one server that makes no mistakes. */
function handWritten({ baseURL, model }: Source): Reader {
  const dispatcher = new Connections();
  const messages = [{ role: "user", content: "Go on." }];
  return async () => {
    const { body } = await request(`${baseURL}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages, stream: true }),
      dispatcher,
    });
    const decoder = new TextDecoder();
    let [rest, text, args] = ["", "", ""];
    for await (const bytes of body) {
      const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (event === "data: [DONE]") continue;
        const delta = (JSON.parse(event.slice(6)) as Chunk).choices[0]?.delta;
        text += delta?.content ?? "";
        for (const call of delta?.tool_calls ?? []) args += call.function.arguments ?? "";
      }
    }
    return args === "" ? text.length : lengthOf(JSON.parse(args));
  };
}

/** One answer without a loop around it: what decoding alone costs. */
function answerReader(model: Model, isWatched: boolean): Reader {
  const parameters = { type: "object" };
  const tools = [{ name: "write", description: "Writes a file", parameters }];
  return async () => {
    const answer = model.respond({
      run: { id: "run" },
      requestId: "run.1",
      messages: [{ role: "user", content: "Go on." }],
      tools,
      toolChoice: "auto",
      isWatched,
      signal: new AbortController().signal,
    });
    let next = await answer.next();
    while (!next.done) next = await answer.next();
    return lengthOf(next.value.toolCalls?.[0]?.input);
  };
}

/** Only what finds the events, without a network: its share of a token is what replacing it could save. */
function parserAlone({ model }: Source): Reader {
  const [kind = "", packets, size] = model.split("-");
  const events = streamedEvents(kind, Number(size));
  const feeds = packets === "single" ? events : [events.join("")];
  return async () => {
    let length = 0;
    const parser = createParser({ onEvent: ({ data }) => (length += data.length) });
    for (const feed of feeds) parser.feed(feed);
    return length;
  };
}

function lengthOf(input: unknown): number {
  return (input as { readonly text: string }).text.length;
}
