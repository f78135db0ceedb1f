import type { ChatRequest, JsonObject } from "@pawl/simulator";

/** A toy tool: what is offered, and what it does. */
export interface Toy {
  readonly description: string;
  readonly properties: JsonObject;
  readonly required?: readonly string[];
  readonly run: (input: Record<string, unknown>) => unknown;
}

/** One call that the simulator made. */
interface Made {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** What a conversation came to. */
export interface Talk {
  readonly text: string;
  readonly calls: readonly Made[];
  readonly turns: readonly (readonly Made[])[];
  readonly messages: readonly JsonObject[];
}

/** A chat completion, in the fields that tests look at. */
export interface Completion {
  readonly choices: readonly [
    {
      readonly finish_reason: string;
      readonly message: {
        readonly role: string;
        readonly content: string;
        readonly tool_calls?: readonly {
          readonly id: string;
          readonly function: { readonly name: string; readonly arguments: string };
        }[];
      };
    },
  ];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
  readonly meta: { readonly usage: { readonly credits_used: number; readonly usd_spent: number } };
}

export const model = "cohere/command-r-plus-08-2024";

/** Posts a chat request. */
export function post(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
}

/** Posts a chat request and reads the whole answer. */
export async function ask(url: string, body: JsonObject): Promise<Completion> {
  const response = await post(url, { model, ...body });
  if (!response.ok) throw new Error(await response.text());
  const completion = (await response.json()) as Completion;
  return completion;
}

/** The wire form of toy tools. */
export function offered(tools: Readonly<Record<string, Toy>>): readonly JsonObject[] {
  return Object.entries(tools).map(([name, { description, properties, required }]) => ({
    type: "function",
    function: {
      name,
      description,
      parameters: {
        type: "object",
        properties,
        required: required ?? Object.keys(properties),
      },
    },
  }));
}

/** Asks, runs the calls that come back, and repeats until there is an answer. */
export async function talk(
  url: string,
  input: string | readonly JsonObject[],
  {
    tools = {},
    ...extra
  }: { tools?: Readonly<Record<string, Toy>> } & Partial<Omit<ChatRequest, "tools">> = {},
): Promise<Talk> {
  const messages: JsonObject[] =
    typeof input === "string" ? [{ role: "user", content: input }] : [...input];
  const turns: Made[][] = [];
  for (let step = 0; step < 12; step++) {
    const { choices } = await ask(url, { messages, tools: offered(tools), ...extra });
    const { message } = choices[0];
    messages.push({ ...message });
    if (message.tool_calls === undefined) {
      return { text: message.content, calls: turns.flat(), turns, messages };
    }
    const made: Made[] = [];
    for (const call of message.tool_calls) {
      const args = JSON.parse(call.function.arguments) as Record<string, unknown>;
      made.push({ name: call.function.name, input: args });
      messages.push({ role: "tool", tool_call_id: call.id, content: outcome(tools, made.at(-1)) });
    }
    turns.push(made);
  }
  throw new Error("The conversation does not end.");
}

function outcome(tools: Readonly<Record<string, Toy>>, made: Made | undefined): string {
  try {
    const value = tools[made?.name ?? ""]?.run(made?.input ?? {});
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch (error) {
    return String(error);
  }
}
