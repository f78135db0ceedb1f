import type { ModelCapabilities, ModelRequest, RunRef } from "@pawl/core";

import { Transcript } from "../wire/transcript.ts";
import type { ChatSetup } from "./chat-options.ts";
import { writeExtra } from "./extra.ts";
import { askedFormat, formatOf } from "./response-format.ts";
import { toolFields } from "./tool-choice.ts";
import { messageWriter } from "./wire-message.ts";

/** A request as it is sent, and what its answer has to be read with. */
export interface Encoded {
  readonly body: Buffer;
  /** The names of the run's tools, also of those that are not offered this time. */
  readonly names: ReadonlySet<string>;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
}

/** Writes requests. What is the same from step to step is written once: the messages of a run (kept beside it), and the tools. */
export class Encoder {
  readonly #settings: ChatSetup;
  readonly #capabilities: ModelCapabilities;
  readonly #runs = new WeakMap<RunRef, Transcript>();
  #last: Opening | undefined;

  constructor(settings: ChatSetup, capabilities: ModelCapabilities) {
    this.#settings = settings;
    this.#capabilities = capabilities;
  }

  encode(request: ModelRequest): Encoded {
    const transcript = this.#transcriptOf(request.run);
    const said = transcript.write(request.messages);
    const { head, bytes, names, hasSystem } = this.#opening(request);
    // Each message brings the comma before it, which the first of all must not have.
    const rest = hasSystem ? said : said.subarray(1);
    const parts = [head, this.#limit(request), bytes, rest, this.#closing(request)];
    const body = Buffer.concat(parts);
    return { body, names, callIds: transcript.callIds };
  }

  #transcriptOf(run: RunRef): Transcript {
    let transcript = this.#runs.get(run);
    if (!transcript) {
      const capabilities = this.#capabilities;
      transcript = new Transcript(messageWriter({ ...this.#settings, capabilities }));
      this.#runs.set(run, transcript);
    }
    return transcript;
  }

  /** All that comes before the messages, and the names in it; from step to step it is mostly the same. */
  #opening({ instructions, tools, toolChoice, responseFormat }: ModelRequest): Opening {
    const last = this.#last;
    if (
      last?.tools === tools &&
      last.toolChoice === toolChoice &&
      last.instructions === instructions &&
      last.responseFormat === responseFormat
    )
      return last;
    const beginning = { instructions, tools, toolChoice, responseFormat };
    const wanted = formatOf(beginning, this.#settings.responseFormat);
    const format = wanted ? askedFormat(wanted, this.#capabilities.structuredOutput) : {};
    const system = [instructions, format.words].filter(Boolean).join("\n\n");
    return (this.#last = {
      ...beginning,
      head: Buffer.from(this.#headText()),
      bytes: Buffer.from(this.#openingText(beginning, format.field, system)),
      names: new Set(tools.map(({ name }) => name)),
      hasSystem: system !== "",
    });
  }

  #headText(): string {
    const { model, isStreamed } = this.#settings;
    const fields = {
      model,
      stream: isStreamed,
      ...(isStreamed && { stream_options: { include_usage: true } }),
    };
    return JSON.stringify(fields).slice(0, -1);
  }

  /** How long the answer may be. What is left of a budget differs from step to step, so it is kept out of what is kept. */
  #limit({ maxOutputTokens = Infinity }: ModelRequest): Buffer {
    const { maxTokens = Infinity } = this.#settings;
    const limit = Math.min(maxTokens, maxOutputTokens);
    return Buffer.from(limit === Infinity ? "" : `,"max_tokens":${limit}`);
  }

  #openingText(
    { tools, toolChoice }: Beginning,
    format: object | undefined,
    system: string,
  ): string {
    const { sampling, isParallel, where, extra } = this.#settings;
    const capabilities = this.#capabilities;
    const fields = {
      ...sampling,
      ...toolFields({ tools, toolChoice, capabilities, isParallel }),
      ...(format && { response_format: format }),
    };
    const more = typeof extra === "object" ? writeExtra(where, extra) : "";
    const first = system && JSON.stringify({ role: "system", content: system });
    const inner = JSON.stringify(fields).slice(1, -1);
    return `${inner && `,${inner}`}${more},"messages":[${first}`;
  }

  /** What comes after the messages: the end, and fields that are made for this request alone. */
  #closing(request: ModelRequest): Buffer {
    const { extra, where } = this.#settings;
    if (typeof extra !== "function") return closing;
    return Buffer.from(`]${writeExtra(where, extra(request))}}`);
  }
}

type Beginning = Pick<ModelRequest, "instructions" | "tools" | "toolChoice" | "responseFormat">;

interface Opening extends Beginning {
  /** What comes before the limit of the answer. */
  readonly head: Buffer;
  /** What comes after it. */
  readonly bytes: Buffer;
  readonly names: ReadonlySet<string>;
  /** Whether it ends with a message. */
  readonly hasSystem: boolean;
}

const closing = Buffer.from("]}");
