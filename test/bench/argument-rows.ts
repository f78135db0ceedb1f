import { compared, served, shown } from "./compared.ts";

const sizes = [64, 256, 1024];
const subjects = ["hand-written", "unwatched", "watched"] as const;

/** What long arguments cost that arrive in pieces of 20 to 100 bytes, and how that grows with their length. */
export async function argumentRows(rounds: number, write: (line: string) => void): Promise<void> {
  write(
    "\nms per answer\n\n| arguments | by hand | unwatched | ratio | watched | ratio |\n|---|---|---|---|---|---|",
  );
  const medians: Record<string, number[]> = {};
  await served("stream-server.ts", async (baseURL) => {
    for (const size of sizes) {
      const figures = await compared(
        subjects.map((subject) => ({
          script: "measured-stream.ts",
          args: [subject, `arguments-bulk-${size * 1024}`, baseURL],
        })),
        rounds,
      );
      const [hand, unwatched, watched] = figures;
      if (!hand || !unwatched || !watched) continue;
      for (const [at, { median }] of figures.entries())
        (medians[subjects[at] ?? ""] ??= []).push(median);
      const cells = [
        `${size} KB`,
        shown(hand, 2),
        shown(unwatched, 2),
        (unwatched.median / hand.median).toFixed(2),
        shown(watched, 2),
        (watched.median / hand.median).toFixed(2),
      ];
      write(`| ${cells.join(" | ")} |`);
    }
  });
  for (const [subject, costs] of Object.entries(medians))
    write(`\nCost of ${subject} grows with the length to the power of ${exponent(costs)}.`);
}

/** The slope of the straight line through the logarithms (least squares); 1 is in proportion. */
function exponent(costs: readonly number[]): string {
  const x = sizes.map(Math.log);
  const y = costs.map(Math.log);
  const [meanX, meanY] = [mean(x), mean(y)];
  const along = x.reduce((sum, value, at) => sum + (value - meanX) * ((y[at] ?? 0) - meanY), 0);
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  return (along / spread).toFixed(3);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
