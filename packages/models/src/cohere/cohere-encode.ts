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
    const { bytes, names, hasSystem } = this.#opening({
      instructions,
      tools,
      toolChoice,
      responseFormat,
      documents: this.#documentsFor(request),
      extra: this.#extraFor(request),
    });
    // Each message brings the comma before it, which the first of all must not have.
    const rest = hasSystem ? said : said.subarray(1);
    return { body: Buffer.concat([bytes, rest, closing]), names, callIds: transcript.callIds };
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
    const { text, hasSystem } = this.#openingText(beginning);
    return (this.#last = { ...beginning, bytes: Buffer.from(text), names, hasSystem });
  }

  #openingText(beginning: Beginning): { readonly text: string; readonly hasSystem: boolean } {
    const { instructions, responseFormat, documents, extra } = beginning;
    const { fields, facts, isStrict } = this.#setup;
    const { toolChoice: isChoiceKnown = false } = facts.capabilities;
    const { tools, choice } = offered(beginning.tools, beginning.toolChoice, isChoiceKnown);
    const isFree = tools.length === 0 && documents.length === 0;
    const { prompt, ...format } = answerFormat(responseFormat, isFree);
    const opening = {
      ...fields,
      ...format,
      ...(tools.length > 0 && { tools: wireTools(tools, isStrict) }),
      ...(choice && { tool_choice: choice }),
      ...(documents.length > 0 && { documents }),
      ...extra,
    };
    const system = [instructions?.trim() && instructions, prompt].filter(Boolean).join("\n\n");
    const first = system && JSON.stringify({ role: "system", content: system });
    const text = `${JSON.stringify(opening).slice(0, -1)},"messages":[${first}`;
    return { text, hasSystem: system !== "" };
  }
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

interface Opening extends Beginning {
  readonly bytes: Buffer;
  readonly names: ReadonlyMap<string, string>;
  readonly hasSystem: boolean;
}

const none: readonly CohereDocument[] = [];
const closing = Buffer.from("]}");
