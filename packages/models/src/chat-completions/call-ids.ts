import { hash } from "node:crypto";

/**
 * Writes the ids of one conversation's calls as nine letters and digits: the same for the same id, never the same for two.
 * Those that are fit already stay, unless another id has become the same.
 */
export function callIdWriter(): (id: string) => string {
  const written = new Map<string, string>();
  const taken = new Set<string>();
  return (id) => {
    const known = written.get(id);
    if (known !== undefined) return known;
    let fit = /^[a-zA-Z0-9]{9}$/.test(id) ? id : hashed(id, 0);
    for (let n = 1; taken.has(fit); n++) fit = hashed(id, n);
    written.set(id, fit);
    taken.add(fit);
    return fit;
  };
}

function hashed(id: string, n: number): string {
  return hash("sha256", `${n} ${id}`).slice(0, 9);
}
