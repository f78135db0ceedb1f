import type { ModelRequest, RunRef, ToolChoice, ToolSpec } from "@pawl/core";

import type { ChatSetup } from "./chat-options.ts";
import { Transcript, wireMessage } from "./transcript.ts";

/** A request as it is sent, and what its answer has to be read with. */
export interface Encoded {
  readonly body: Buffer;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
}

/** Writes requests. What is the same from step to step is written once: the messages of a run (kept beside it), and the tools. */
export class Encoder {
  readonly #settings: ChatSetup;
  readonly #runs = new WeakMap<RunRef, Transcript>();
  readonly #tools = new WeakMap<readonly ToolSpec[], string>();

  constructor(settings: ChatSetup) {
    this.#settings = settings;
  }

  encode({ run, instructions, messages, tools, toolChoice }: ModelRequest): Encoded {
    const transcript = this.#transcriptOf(run);
    const opening = Buffer.from(
      `${this.#opening(tools, toolChoice)}[${instructions ? systemText(instructions) : ""}`,
    );
    const said = transcript.write(messages);
    // Each message brings the comma before it, which the first of all must not have.
    const parts = [opening, instructions ? said : said.subarray(1), closing];
    return { body: Buffer.concat(parts), callIds: transcript.callIds };
  }

  #transcriptOf(run: RunRef): Transcript {
    let transcript = this.#runs.get(run);
    if (!transcript) this.#runs.set(run, (transcript = new Transcript()));
    return transcript;
  }

  #opening(tools: readonly ToolSpec[], toolChoice: ToolChoice): string {
    const { model, isStreamed, maxTokens } = this.#settings;
    const fields: Record<string, unknown> = {
      model,
      stream: isStreamed,
      ...(isStreamed && { stream_options: { include_usage: true } }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(tools.length > 0 && toolChoice !== "auto" && { tool_choice: wireChoice(toolChoice) }),
    };
    const offered = tools.length > 0 ? `"tools":${this.#toolsText(tools)},` : "";
    return `${JSON.stringify(fields).slice(0, -1)},${offered}"messages":`;
  }

  #toolsText(tools: readonly ToolSpec[]): string {
    let text = this.#tools.get(tools);
    if (text === undefined) this.#tools.set(tools, (text = JSON.stringify(tools.map(wireTool))));
    return text;
  }
}

const closing = Buffer.from("]}");

function systemText(instructions: string): string {
  return JSON.stringify(wireMessage({ role: "system", content: instructions }));
}

function wireTool({ name, description, parameters }: ToolSpec): object {
  return { type: "function", function: { name, description, parameters } };
}

function wireChoice(choice: ToolChoice): unknown {
  return typeof choice === "string"
    ? choice
    : { type: "function", function: { name: choice.tool } };
}
