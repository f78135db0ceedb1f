import { realpathSync, statSync, type Stats } from "node:fs";
import { constants, lstat, open, readdir, realpath, type FileHandle } from "node:fs/promises";
import { isAbsolute, join, posix, relative, sep, win32 } from "node:path";

/** A folder that tools may look into and never out of. Paths are the model's: relative, with `/`. */
export interface FileRoot {
  /** Opens an ordinary file for reading; the caller closes it. */
  openFile(path: string): Promise<FileHandle>;
  /** The ordinary files in and below a folder, sorted, as paths relative to the root. */
  files(folder: string, signal: AbortSignal): AsyncGenerator<string, void>;
}

/**
 * The {@link FileRoot} at `root`; `where` is the factory that was given it.
 *
 * @throws TypeError when `root` is not an existing folder.
 */
export function fileRoot(where: string, root: unknown): FileRoot {
  if (typeof root !== "string" || root === "")
    throw new TypeError(`${where} needs a "root": the path of the folder it may read.`);
  const top = existingFolder(where, root);
  return {
    openFile: (path) => openFile(top, path),
    files: async function* (folder, signal) {
      const real = await realPath(top, folder);
      if (!(await lstat(real)).isDirectory())
        throw new Error(`"${folder}" is not a folder: read it with read_file.`);
      yield* walk(top, real, signal);
    },
  };
}

function existingFolder(where: string, root: string): string {
  const found = statSync(root, { throwIfNoEntry: false });
  if (!found) throw new TypeError(`${where}: the root "${root}" does not exist. Create it first.`);
  if (!found.isDirectory())
    throw new TypeError(`${where}: the root "${root}" is no folder. Give the folder it is in.`);
  return realpathSync(root);
}

/** Where `path` leads once every symlink on the way is followed; refused unless that is inside. */
async function realPath(top: string, path: string): Promise<string> {
  refuseWrittenEscape(path);
  let real: string;
  try {
    real = await realpath(join(top, path));
  } catch (cause) {
    throw new Error(`"${path}" does not exist or cannot be reached: list_files shows what does.`, {
      cause,
    });
  }
  const inside = relative(top, real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new Error(`"${path}" leads outside the folder that may be read.`);
  // Keys and histories live in dot-files; what is not listed is not read either, also when it is guessed.
  if (inside.split(sep).some((name) => name.startsWith(".")))
    throw new Error(`"${path}" is hidden: names that begin with a dot are not read.`);
  return real;
}

/** Both systems' spellings on both, so that a transcript means the same wherever it is replayed. */
function refuseWrittenEscape(path: string): void {
  const isEscape =
    path.includes("\0") ||
    posix.isAbsolute(path) ||
    win32.isAbsolute(path) ||
    /^[a-z]:/i.test(path) ||
    path.split(/[\\/]/).includes("..");
  if (isEscape)
    throw new Error(
      `${JSON.stringify(path)} is not allowed: give a path relative to the folder, without "..", such as "notes/today.md".`,
    );
}

/**
 * What is opened is compared with what was checked: a link swapped in between would change the inode or the real path.
 * Without O_NONBLOCK the opening of a pipe would wait for a writer that never comes.
 */
async function openFile(top: string, path: string): Promise<FileHandle> {
  const real = await realPath(top, path);
  const checked = await lstat(real);
  if (checked.isDirectory()) throw new Error(`"${path}" is a folder: list it with list_files.`);
  if (!checked.isFile()) throw new Error(`"${path}" is not an ordinary file and cannot be read.`);
  const handle = await openReal(real, path);
  try {
    const opened = await handle.stat();
    const isUnchanged = isSame(opened, checked) && (await realpath(real)) === real;
    if (opened.isFile() && isUnchanged) return handle;
  } catch {
    // Gone meanwhile: the same answer as for changed.
  }
  await handle.close();
  throw new Error(`"${path}" changed while it was opened: try again.`);
}

async function openReal(real: string, path: string): Promise<FileHandle> {
  // Windows lacks the last two: undefined counts as 0 here.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    throw new Error(`"${path}" cannot be opened: it may be protected.`, { cause });
  }
}

function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/**
 * Folders sort as if their names ended in "/", which is the order of whole paths. Links are not followed, so there are no
 * loops; what cannot be read is passed over.
 */
async function* walk(
  top: string,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  signal.throwIfAborted();
  const isMoved = (await realpath(folder).catch(() => undefined)) !== folder;
  const entries = isMoved ? [] : await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .toSorted((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith("/")) yield* walk(top, path.slice(0, -1), signal);
    else yield relative(top, path).split(sep).join("/");
  }
}
