import type { Scenario } from "./scenario.ts";
import { argumentScenarios } from "./scenarios/arguments.ts";
import { callDeltas } from "./scenarios/call-deltas.ts";
import { callsWithoutIds } from "./scenarios/calls-without-ids.ts";
import { content } from "./scenarios/content.ts";
import { deadlines } from "./scenarios/deadlines.ts";
import { errorsInAnswers } from "./scenarios/errors-in-answers.ts";
import { finishReasons } from "./scenarios/finish.ts";
import { framing } from "./scenarios/framing.ts";
import { httpErrors } from "./scenarios/http-errors.ts";
import { names } from "./scenarios/names.ts";
import { retries } from "./scenarios/retries.ts";
import { usageAndCost } from "./scenarios/usage.ts";
import { wholeAnswers } from "./scenarios/whole-answers.ts";

/** All rules, by theme. */
export const scenarios: readonly Scenario[] = [
  ...callDeltas,
  ...callsWithoutIds,
  ...names,
  ...argumentScenarios,
  ...finishReasons,
  ...usageAndCost,
  ...content,
  ...wholeAnswers,
  ...errorsInAnswers,
  ...framing,
  ...httpErrors,
  ...retries,
  ...deadlines,
];
