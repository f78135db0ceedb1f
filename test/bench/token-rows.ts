import { compared, served, shown } from "./compared.ts";

const subjects = ["hand-written", "run", "stream", "parser"] as const;

/** What a token of a streamed text costs, as packets that arrive one by one and in bulk. */
export async function tokenRows(rounds: number, write: (line: string) => void): Promise<void> {
  write(
    "\nµs per token; the last column is what eventsource-parser alone takes, as a share of `agent.run`\n\n" +
      "| packets | by hand | agent.run | ratio | agent.stream | ratio | parser |\n|---|---|---|---|---|---|---|",
  );
  await served("stream-server.ts", async (baseURL) => {
    for (const packets of ["single", "bulk"]) {
      const model = `tokens-${packets}-2000`;
      const [hand, run, stream, parser] = await compared(
        subjects.map((subject) => ({
          script: "measured-stream.ts",
          args: [subject, model, baseURL],
        })),
        rounds,
      );
      if (!hand || !run || !stream || !parser) continue;
      const cells = [
        packets,
        shown(hand, 2),
        shown(run, 2),
        (run.median / hand.median).toFixed(2),
        shown(stream, 2),
        (stream.median / hand.median).toFixed(2),
        `${((100 * parser.median) / run.median).toFixed(0)} %`,
      ];
      write(`| ${cells.join(" | ")} |`);
    }
  });
}
