import { type Cost, costs } from "./cost.ts";
import { sources } from "./sources.ts";

/** What the types of an agent with many tools cost the compiler, beside the same written by hand: `node test/types-cost/measure.ts`. */
const figures: readonly (keyof Cost)[] = [
  "instantiations",
  "types",
  "checkSeconds",
  "memoryMegabytes",
];
console.log("| tools | figure | by hand | Pawl | ratio |\n|---|---|---|---|---|");
for (const tools of [2, 10, 50, 100]) {
  const { byHand, pawl } = await costs(sources(tools));
  for (const figure of figures) {
    const ratio = (pawl[figure] / byHand[figure]).toFixed(2);
    console.log(`| ${tools} | ${figure} | ${byHand[figure]} | ${pawl[figure]} | ${ratio} |`);
  }
}
