import type { ContentPart, Message, UserMessage } from "../message.ts";

/** What stands for the first messages of a conversation. */
export interface Summary {
  /** How many messages it stands for. */
  readonly upTo: number;
  readonly text: string;
  /** Whether the request that began the run is shown beside it, word for word. */
  readonly isRequestKept: boolean;
}

/** What a model sees in place of the first messages. */
export interface Opening {
  readonly messages: readonly Message[];
  /** Where the messages go on that it sees as they are. */
  readonly next: number;
}

/**
 * A summary as the model sees it: the standing orders of the messages it stands for, then one message of the user's with the
 * request that began the run and the summary. What the user says directly after it is part of that message: some providers
 * refuse two messages of one speaker in a row.
 */
export function openingWith(
  messages: readonly Message[],
  { upTo, text, isRequestKept }: Summary,
  start: number,
): Opening {
  let next = upTo;
  while (messages[next]?.role === "user") next++;
  const request = isRequestKept && upTo >= start ? requestOf(messages, start) : [];
  const contents = [
    ...request.map(({ content }) => content),
    `${before}\n${text}\n${after}`,
    ...messages.slice(upTo, next).map((each) => (each as UserMessage).content),
  ];
  const orders = messages.slice(0, upTo).filter(({ role }) => role === "system");
  return { messages: [...orders, { role: "user", content: joined(contents) }], next };
}

const before = "[Messages were left out here to make room. A summary of them, written by a model:]";
const after = "[End of the summary.]";

/** The request that began a run: what the user said last before `start`, where its own messages begin. */
export function requestOf(messages: readonly Message[], start: number): UserMessage[] {
  const request: UserMessage[] = [];
  for (let i = start - 1; i >= 0; i--) {
    const message = messages[i];
    if (message?.role !== "user") break;
    request.unshift(message);
  }
  return request;
}

function joined(contents: ReadonlyArray<UserMessage["content"]>): UserMessage["content"] {
  if (contents.every((each) => typeof each === "string")) return contents.join("\n\n");
  return contents.flatMap((each): readonly ContentPart[] =>
    typeof each === "string" ? [{ type: "text", text: each }] : each,
  );
}
