import { compared, served, shown } from "./compared.ts";

const count = "1000";

/** What a thousand runs of five steps at once cost, against the simulator: no run may fail. */
export async function runRows(rounds: number, write: (line: string) => void): Promise<void> {
  write(
    `\n${count} runs of 5 steps at once\n\n| figure | by hand | Pawl | ratio |\n|---|---|---|---|`,
  );
  await served("simulator-server.ts", async (baseURL) => {
    for (const [figure, words] of [
      ["cpu", "µs per run"],
      ["memory", "peak MB of the process"],
    ]) {
      const [hand, pawl] = await compared(
        ["hand-written", "pawl"].map((subject) => ({
          script: "measured-runs.ts",
          args: [subject, String(figure), count, baseURL],
        })),
        rounds,
      );
      if (!hand || !pawl) continue;
      const ratio = (pawl.median / hand.median).toFixed(2);
      write(`| ${words} | ${shown(hand)} | ${shown(pawl)} | ${ratio} |`);
    }
  });
}
