import { compared, served, shown } from "./compared.ts";

/** What a step of the loop costs: a request, an answer that calls a tool, and the tool. */
export async function stepRows(rounds: number, write: (line: string) => void): Promise<void> {
  write("\nµs per step\n\n| answers | steps | by hand | Pawl | ratio |\n|---|---|---|---|---|");
  await served("server.ts", async (baseURL) => {
    for (const mode of ["streamed", "whole"])
      for (const steps of ["10", "50", "200"]) {
        const [hand, pawl] = await compared(
          ["hand-written", "pawl"].map((subject) => ({
            script: "measured.ts",
            args: [subject, mode, steps, baseURL],
          })),
          rounds,
        );
        if (!hand || !pawl) continue;
        const ratio = (pawl.median / hand.median).toFixed(2);
        write(`| ${mode} | ${steps} | ${shown(hand)} | ${shown(pawl)} | ${ratio} |`);
      }
  });
}
