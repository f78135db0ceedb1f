/** The same program twice: what its author writes by hand around zod schemas, and what an agent's own types give. */
export interface Sources {
  readonly byHand: string;
  readonly pawl: string;
}

/** Both programs for so many tools. */
export function sources(tools: number): Sources {
  const numbers = Array.from({ length: tools }, (_, index) => index + 1);
  const common = ['import { z } from "zod";', ...numbers.map(schema)].join("\n");
  return {
    byHand: [common, ...numbers.map(byHandTool), byHandUnion(numbers), uses(numbers)].join("\n"),
    pawl: [common, ...numbers.map(pawlTool), pawlAgent(numbers), uses(numbers)].join("\n"),
  };
}

function schema(n: number): string {
  return `
const schema${n} = z.object({
  query${n}: z.string().min(1).describe("What to look for"),
  limit: z.number().int().positive().max(100).optional(),
  order: z.enum(["newest", "oldest", "kind_${n}"]).default("newest"),
  filter: z.object({ tags: z.array(z.string()), from: z.string().nullable() }).optional(),
});
interface Output${n} {
  readonly found${n}: readonly { readonly id: string; readonly score: number }[];
  readonly total: number;
}`;
}

function work(n: number, input: string): string {
  return `async ({ query${n}, limit, filter }${input}): Promise<Output${n}> => ({
    found${n}: [{ id: query${n}, score: limit ?? filter?.tags.length ?? 0 }],
    total: 1,
  })`;
}

function byHandTool(n: number): string {
  return `
type Input${n} = z.infer<typeof schema${n}>;
const tool_${n} = {
  description: "Tool ${n}",
  inputSchema: schema${n},
  needsApproval: ({ limit }: Input${n}): boolean => (limit ?? 0) > ${n},
  execute: ${work(n, `: Input${n}`)},
};
interface Success${n} {
  readonly callId: string;
  readonly toolName: "tool_${n}";
  readonly input: Input${n};
  readonly output: Output${n};
  readonly error?: undefined;
}`;
}

/** What a hand-written loop needs to say of its own events and its own end. */
function byHandUnion(numbers: readonly number[]): string {
  return `
interface Failure { readonly callId: string; readonly toolName: string; readonly input: unknown; readonly error: Error }
type Success = ${numbers.map((n) => `Success${n}`).join(" | ")};
type Event =
  | { readonly type: "text-delta"; readonly text: string }
  | ({ readonly type: "tool-result" } & Success)
  | ({ readonly type: "tool-error" } & Failure)
  | { readonly type: "finish"; readonly result: Result };
interface Approval { readonly callId: string; readonly toolName: string; readonly input: unknown }
interface Record {
  readonly text: string;
  readonly steps: readonly { readonly toolResults: readonly (Success | Failure)[] }[];
}
type Result =
  | (Record & { readonly status: "completed"; readonly output: string })
  | (Record & { readonly status: "paused"; readonly approvals: readonly Approval[] })
  | (Record & { readonly status: "failed"; readonly error: Error });
const tools = { ${numbers.map((n) => `tool_${n}`).join(", ")} };
declare function handWritten(input: string): AsyncIterable<Event> & { readonly result: Promise<Result> };
export const named: readonly string[] = Object.keys(tools);
const stream = handWritten("Go.");
const agent = {
  on(type: "tool-result", listener: (event: { readonly type: "tool-result" } & Success) => void): void {
    console.log(type, listener);
  },
};`;
}

function pawlTool(n: number): string {
  return `
const tool_${n} = tool({
  description: "Tool ${n}",
  inputSchema: schema${n},
  needsApproval: ({ limit }) => (limit ?? 0) > ${n},
  execute: ${work(n, "")},
});`;
}

function pawlAgent(numbers: readonly number[]): string {
  return `
import { Agent, tool, type Model } from "@pawl/core";
declare const model: Model;
const agent = new Agent({ model, tools: { ${numbers.map((n) => `tool_${n}`).join(", ")} } });
const stream = agent.stream("Go.");`;
}

/** What both do with what comes: each use holds only when its types are right. */
function uses(numbers: readonly number[]): string {
  return `
for await (const event of stream) {
  if (event.type === "text-delta") console.log(event.text);
  if (event.type === "tool-result")
    switch (event.toolName) {
${numbers.map((n) => `      case "tool_${n}": console.log(event.input.query${n}, event.output.found${n}[0]?.score); break;`).join("\n")}
    }
}
const result = await stream.result;
if (result.status === "completed") console.log(result.output.length);
if (result.status === "paused") console.log(result.approvals.map(({ callId, toolName }) => callId + toolName));
for (const { toolResults } of result.steps)
  for (const each of toolResults)
    if (!each.error && each.toolName === "tool_1") console.log(each.output.found1, each.input.order);
agent.on("tool-result", (event) => {
  if (event.toolName === "tool_2") console.log(event.output.found2.length, event.input.limit);
});
`;
}
