import type { ModelRequest, RunRef, ToolChoice, ToolSpec } from "@pawl/core";

import type { ChatSetup } from "./chat-options.ts";
import { Transcript, wireMessage } from "./transcript.ts";

/** A request as it is sent, and what its answer has to be read with. */
export interface Encoded {
  readonly body: Buffer;
  /** The names of the tools that are offered. */
  readonly names: ReadonlySet<string>;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
}

/** Writes requests. What is the same from step to step is written once: the messages of a run (kept beside it), and the tools. */
export class Encoder {
  readonly #settings: ChatSetup;
  readonly #runs = new WeakMap<RunRef, Transcript>();
  #last: Opening | undefined;

  constructor(settings: ChatSetup) {
    this.#settings = settings;
  }

  encode({ run, instructions, messages, tools, toolChoice }: ModelRequest): Encoded {
    const transcript = this.#transcriptOf(run);
    const said = transcript.write(messages);
    // Each message brings the comma before it, which the first of all must not have.
    const rest = instructions ? said : said.subarray(1);
    const { bytes, names } = this.#opening({ instructions, tools, toolChoice });
    return { body: Buffer.concat([bytes, rest, closing]), names, callIds: transcript.callIds };
  }

  #transcriptOf(run: RunRef): Transcript {
    let transcript = this.#runs.get(run);
    if (!transcript) this.#runs.set(run, (transcript = new Transcript()));
    return transcript;
  }

  /** All that comes before the messages, and the names in it; from step to step it is mostly the same. */
  #opening(beginning: Beginning): Opening {
    const { instructions, tools, toolChoice } = beginning;
    const last = this.#last;
    if (
      last?.tools === tools &&
      last.toolChoice === toolChoice &&
      last.instructions === instructions
    )
      return last;
    const bytes = Buffer.from(this.#openingText(beginning));
    return (this.#last = { ...beginning, bytes, names: new Set(tools.map(({ name }) => name)) });
  }

  #openingText({ instructions, tools, toolChoice }: Beginning): string {
    const { model, isStreamed, maxTokens } = this.#settings;
    const fields = {
      model,
      stream: isStreamed,
      ...(isStreamed && { stream_options: { include_usage: true } }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(tools.length > 0 && { tools: tools.map(wireTool) }),
      ...(tools.length > 0 && toolChoice !== "auto" && { tool_choice: wireChoice(toolChoice) }),
    };
    const system =
      instructions && JSON.stringify(wireMessage({ role: "system", content: instructions }));
    return `${JSON.stringify(fields).slice(0, -1)},"messages":[${system ?? ""}`;
  }
}

type Beginning = Pick<ModelRequest, "instructions" | "tools" | "toolChoice">;

interface Opening extends Beginning {
  readonly bytes: Buffer;
  readonly names: ReadonlySet<string>;
}

const closing = Buffer.from("]}");

function wireTool({ name, description, parameters }: ToolSpec): object {
  return { type: "function", function: { name, description, parameters } };
}

function wireChoice(choice: ToolChoice): unknown {
  return typeof choice === "string"
    ? choice
    : { type: "function", function: { name: choice.tool } };
}
