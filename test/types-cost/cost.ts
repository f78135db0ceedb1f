import { execFile } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Sources } from "./sources.ts";

/** What the compiler says that a program cost it. */
export interface Cost {
  readonly instantiations: number;
  readonly types: number;
  readonly checkSeconds: number;
  readonly memoryMegabytes: number;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Has the compiler check both programs as a user's compiler does: against declarations, not against sources.
 *
 * @throws Error with the compiler's own words when a program does not hold.
 */
export async function costs(
  programs: Sources,
): Promise<{ readonly [Name in keyof Sources]: Cost }> {
  const name = `.types-cost-${process.pid}`;
  // Beside the packages that each of them needs; nobody looks into node_modules for sources.
  const declared = `${root}packages/core/node_modules/${name}/`;
  const folder = `${root}test/node_modules/${name}/`;
  try {
    await mkdir(folder, { recursive: true });
    await declarations(declared);
    const byHand = await cost(folder, "by-hand", { source: programs.byHand, declared });
    const pawl = await cost(folder, "pawl", { source: programs.pawl, declared });
    return { byHand, pawl };
  } finally {
    await rm(declared, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a user's compiler sees of the package, made from its sources as they are. */
async function declarations(declared: string): Promise<void> {
  await cp(`${root}packages/core/src`, `${declared}src`, { recursive: true });
  const compilerOptions = {
    rootDir: "src",
    outDir: ".",
    emitDeclarationOnly: true,
    declarationMap: false,
    noCheck: true,
  };
  await project(declared, compilerOptions, ["src"]);
  // What is wrong inside the package is for others to find; declarations are written all the same.
  await compiled(declared).catch(() => {});
}

async function cost(
  folder: string,
  name: keyof typeof files,
  { source, declared }: { readonly source: string; readonly declared: string },
): Promise<Cost> {
  const file = files[name];
  await writeFile(`${folder}${file}`, source);
  const paths = { "@pawl/core": [`${declared}index.d.ts`] };
  await project(folder, { noEmit: true, paths, isolatedDeclarations: false, lib: ["es2024"] }, [
    file,
  ]);
  return costOf(await compiled(folder, "--extendedDiagnostics"));
}

const files = { "by-hand": "by-hand.ts", pawl: "pawl.ts" } as const;

async function project(
  folder: string,
  compilerOptions: object,
  include: readonly string[],
): Promise<void> {
  const config = { extends: `${root}tsconfig.base.json`, compilerOptions, include, exclude: [] };
  await writeFile(`${folder}tsconfig.json`, JSON.stringify(config));
}

async function compiled(folder: string, ...flags: readonly string[]): Promise<string> {
  const tsc = createRequire(`${root}package.json`).resolve("typescript/package.json");
  const args = [tsc.replace("package.json", "bin/tsc"), "-p", folder, ...flags];
  try {
    return (await promisify(execFile)(process.execPath, args)).stdout;
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    throw new Error(`The compiler refused the program:\n${stdout}`, { cause: error });
  }
}

function costOf(diagnostics: string): Cost {
  const figure = (label: string): number => {
    const [, digits] = new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(diagnostics) ?? [];
    if (digits === undefined) throw new Error(`The compiler says no "${label}":\n${diagnostics}`);
    return Number(digits);
  };
  return {
    instantiations: figure("Instantiations"),
    types: figure("Types"),
    checkSeconds: figure("Check time"),
    memoryMegabytes: figure("Memory used") / 1_000,
  };
}
