import {
  type ContentPart,
  type FilePart,
  type ModelCapabilities,
  ModelError,
  type UserMessage,
} from "@pawl/core";

import { dataURL, isAddress, wireImage } from "../wire/wire-image.ts";

/** What is known of the model that content is for. */
interface Reader {
  readonly model: string;
  readonly capabilities: ModelCapabilities;
}

/**
 * What a user says in the form of chat completions; one piece of text is sent as a text, which every server understands.
 *
 * @throws ModelError for a picture when the model is known not to look at any.
 */
export function wireContent(content: UserMessage["content"], reader: Reader): unknown {
  if (typeof content === "string") return content;
  const [first] = content;
  if (content.length === 1 && first?.type === "text") return first.text;
  return content.map((part) => wirePart(part, reader));
}

function wirePart(part: ContentPart, { model, capabilities }: Reader): object {
  if (part.type === "text") return { type: "text", text: part.text };
  if (part.type === "file") return { type: "file", file: wireFile(part) };
  if (capabilities.images === false)
    throw new ModelError(
      `The model "${model}" does not look at pictures: leave the image out of the message, or use a model that does.`,
      { code: "invalid-request" },
    );
  return { type: "image_url", image_url: wireImage(part) };
}

/** OpenAI takes base64 only in a data: address and with a name (langchain-ai/langchainjs#9570). */
function wireFile({ data, mediaType, filename }: FilePart): object {
  const named = filename === undefined ? {} : { filename };
  if (!isAddress(data) && isFileName(data)) return { ...named, file_id: data };
  return {
    filename: `file.${mediaType.replace(/^.*\/|[+;].*$/g, "")}`,
    ...named,
    file_data: isAddress(data) ? data : dataURL(mediaType, data),
  };
}

/** A file's bytes are long, or base64 to the last character; the names that providers give are neither. */
function isFileName(data: string): boolean {
  return data.length <= 256 && !(data.length % 4 === 0 && /^[a-z0-9+/]+={0,2}$/i.test(data));
}
