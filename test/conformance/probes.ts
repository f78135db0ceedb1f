import { callProbes } from "./call-probes.ts";
import { failureProbes } from "./failure-probes.ts";
import type { Probe } from "./probe.ts";
import { textProbes } from "./text-probes.ts";

/** All that is looked at of an endpoint. */
export const probes: readonly Probe[] = [...textProbes, ...callProbes, ...failureProbes];
