import { ModelError, type ModelRequest, type RunRef } from "@pawl/core";

import { Transcript } from "../wire/transcript.ts";
import { cohereMessages, isSaid } from "./cohere-messages.ts";
import type { CohereDocument } from "./cohere-options.ts";
import { answerFormat } from "./cohere-schema.ts";
import { checkDocuments, checkExtra, type CohereSetup } from "./cohere-setup.ts";
import { namesByWire, offered, wireTools } from "./cohere-tools.ts";

/** A request as it is sent, and what its answer has to be read with. */
export interface CohereEncoded {
  readonly body: Buffer;
  /** The names of the tools by the ones that Cohere knows them by. */
  readonly names: ReadonlyMap<string, string>;
  /** The ids of the calls that were made before. */
  readonly callIds: ReadonlySet<string>;
}

/** Writes requests. What is the same from step to step is written once: the messages of a run, and all that comes before them. */
export class CohereEncoder {
  readonly #setup: CohereSetup;
  readonly #runs = new WeakMap<RunRef, Transcript>();
  #last: Opening | undefined;

  constructor(setup: CohereSetup) {
    this.#setup = setup;
  }

  /** @throws ModelError when the request cannot be sent as it is, such as a picture to a model that sees none. */
  encode(request: ModelRequest): CohereEncoded {
    const transcript = this.#transcriptOf(request.run);
    const said = transcript.write(request.messages.filter(isSaid));
    if (said.length === 0)
      throw new ModelError(
        "All messages are empty, and Cohere takes none of these: say something.",
        {
          code: "invalid-request",
        },
      );
    const { instructions, tools, toolChoice, responseFormat } = request;
    const { head, limit, bytes, names, hasSystem } = this.#opening({
      instructions,
      tools,
      toolChoice,
      responseFormat,
      documents: this.#documentsFor(request),
      extra: this.#extraFor(request),
    });
    // Each message brings the comma before it, which the first of all must not have.
    const rest = hasSystem ? said : said.subarray(1);
    const parts = [head, limitOf(request, limit), bytes, rest, closing];
    return { body: Buffer.concat(parts), names, callIds: transcript.callIds };
  }

  #transcriptOf(run: RunRef): Transcript {
    let transcript = this.#runs.get(run);
    if (!transcript)
      this.#runs.set(run, (transcript = new Transcript(cohereMessages(this.#setup))));
    return transcript;
  }

  #documentsFor(request: ModelRequest): readonly CohereDocument[] {
    const { documents = none } = this.#setup;
    if (typeof documents !== "function") return documents;
    const found: unknown = documents(request);
    checkDocuments(found);
    return found;
  }

  #extraFor(request: ModelRequest): object | undefined {
    const { extra } = this.#setup;
    if (typeof extra !== "function") return extra;
    const made = extra(request);
    checkExtra(made);
    return made;
  }

  /** All that comes before the messages; from step to step it is mostly the same. */
  #opening(beginning: Beginning): Opening {
    const last = this.#last;
    if (last && parts.every((part) => last[part] === beginning[part])) return last;
    const names = namesByWire(beginning.tools);
    return (this.#last = { ...beginning, ...this.#opened(beginning), names });
  }

  #opened(beginning: Beginning): Opened {
    const { instructions, responseFormat, documents, extra } = beginning;
    const { fields, facts, isStrict } = this.#setup;
    const { toolChoice: isChoiceKnown = false } = facts.capabilities;
    const { tools, choice } = offered(beginning.tools, beginning.toolChoice, isChoiceKnown);
    const isFree = tools.length === 0 && documents.length === 0;
    const { prompt, ...format } = answerFormat(responseFormat, isFree);
    const opening: Readonly<Record<string, unknown>> = {
      ...fields,
      ...format,
      ...(tools.length > 0 && { tools: wireTools(tools, isStrict) }),
      ...(choice && { tool_choice: choice }),
      ...(documents.length > 0 && { documents }),
      ...extra,
    };
    const system = [instructions?.trim() && instructions, prompt].filter(Boolean).join("\n\n");
    const first = system && JSON.stringify({ role: "system", content: system });
    const { model, stream, max_tokens: limit, ...more } = opening;
    const inner = JSON.stringify(more).slice(1, -1);
    return {
      head: Buffer.from(JSON.stringify({ model, stream }).slice(0, -1)),
      limit,
      bytes: Buffer.from(`${inner && `,${inner}`},"messages":[${first}`),
      hasSystem: system !== "",
    };
  }
}

/** How long the answer may be. What is left of a budget differs from step to step, so it is kept out of what is kept. */
function limitOf({ maxOutputTokens }: ModelRequest, own: unknown): Buffer {
  const isLess = maxOutputTokens !== undefined && !(Number(own) < maxOutputTokens);
  const limit = isLess ? maxOutputTokens : own;
  return Buffer.from(limit === undefined ? "" : `,"max_tokens":${JSON.stringify(limit)}`);
}

type Beginning = Pick<ModelRequest, "instructions" | "tools" | "toolChoice" | "responseFormat"> & {
  readonly documents: readonly CohereDocument[];
  readonly extra: object | undefined;
};

const parts = [
  "instructions",
  "tools",
  "toolChoice",
  "responseFormat",
  "documents",
  "extra",
] as const;

/** All that comes before the messages, in two parts: the limit of the answer has its place between them. */
interface Opened {
  readonly head: Buffer;
  /** The longest answer that is asked for when nothing is said of a budget. */
  readonly limit: unknown;
  readonly bytes: Buffer;
  readonly hasSystem: boolean;
}

interface Opening extends Beginning, Opened {
  readonly names: ReadonlyMap<string, string>;
}

const none: readonly CohereDocument[] = [];
const closing = Buffer.from("]}");
