const head = {
  id: "chatcmpl-DL2G9KdEY06xq8M0PqZ5rs5Jv13ok",
  object: "chat.completion.chunk",
  created: 1_773_905_945,
  model: "cohere/command-r-plus-08-2024",
  system_fingerprint: "fp_f986a632b0",
};

const words = [" the", " of", " model", " answer", "s", ",", " because", " in", " time", ".\n"];

/** The events of an answer as servers send them: `tokens-2000` has 2,000 words, `arguments-65536` one long call. */
export function streamedEvents(kind: string, size: number): string[] {
  const deltas = kind === "tokens" ? tokens(size) : argumentPieces(size);
  const events = [chunk({ role: "assistant", content: "" }), ...deltas.map((each) => chunk(each))];
  const usage = { prompt_tokens: 100, completion_tokens: deltas.length, total_tokens: 100 };
  return [
    ...events,
    chunk({}, kind === "tokens" ? "stop" : "tool_calls"),
    `data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`,
    "data: [DONE]\n\n",
  ];
}

/** The text that the words of an answer make. */
export function textOf(size: number): string {
  return Array.from({ length: size }, (_, at) => words[at % words.length]).join("");
}

function tokens(size: number): object[] {
  return Array.from({ length: size }, (_, at) => ({ content: words[at % words.length] }));
}

function argumentPieces(size: number): object[] {
  const text = JSON.stringify({ path: "a.txt", text: textOf(size).slice(0, size - 40) });
  const pieces: object[] = [
    { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "write" } }] },
  ];
  for (let at = 0; at < text.length;) {
    // 20 to 100 characters, the same ones each time.
    const length = 20 + ((pieces.length * 37) % 81);
    pieces.push({
      tool_calls: [{ index: 0, function: { arguments: text.slice(at, at + length) } }],
    });
    at += length;
  }
  return pieces;
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...head, choices, usage: null })}\n\n`;
}
