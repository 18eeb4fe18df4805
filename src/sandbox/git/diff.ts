import { Cache } from "./cache.ts";
import type { GitFolder } from "./folder.ts";
import { ZERO } from "./refs.ts";

export interface DiffFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  readonly mode: string;
  /** The blob after the change; before it for a removed file. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks, without the lines before the first `@@`; null for binary files, renames without changes and large ones. */
  readonly patch: string | null;
}

export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** GitHub leaves the patch of a file out when it is too large; the exact line is not documented. */
const PATCH_LIMIT = 400_000;

/** GitHub lists no more files than this, so nobody reads further patches. */
const MOST_PATCHES = 3000;

const cache = new WeakMap<object, Cache<readonly DiffFile[]>>();

/** What changed between two trees or commits, file by file, renames detected as GitHub does. */
export function diff(git: GitFolder, before: string, after: string): Promise<readonly DiffFile[]> {
  if (before === after) return Promise.resolve([]);
  const known = cache.get(git.objects) ?? new Cache<readonly DiffFile[]>(500);
  cache.set(git.objects, known);
  return known.get(`${before} ${after}`, () => compute(git, before, after));
}

async function compute(git: GitFolder, before: string, after: string): Promise<readonly DiffFile[]> {
  const common = ["diff-tree", "-r", "-M", "--full-index", "--no-color", "--no-ext-diff"];
  const summary = await git.program.run(git.path, [...common, "-z", "--raw", "--numstat", before, after]);
  const files = parseSummary(summary.stdout.toString("utf8"));
  if (files.length > MOST_PATCHES) return files.map((file) => ({ ...file, patch: null }));
  const patches = await git.program.run(git.path, [...common, "-p", before, after]);
  // A line inside a hunk never starts like this: it starts with a space, a sign or a backslash.
  const hunks = patches.stdout
    .toString("utf8")
    .split(/^diff --git /m)
    .slice(1);
  return files.map((file, index) => ({ ...file, patch: cutPatch(hunks[index] ?? "") }));
}

function cutPatch(block: string): string | null {
  const start = block.search(/^@@ /m);
  if (start < 0 || block.length > PATCH_LIMIT) return null;
  return block.slice(start).replace(/\n$/, "");
}

const STATUS: Record<string, DiffFile["status"]> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
};

// With -z the raw part is `:modes shas status NUL path [NUL path] NUL …`, then numstat `+ TAB - TAB path NUL`, where a
// rename leaves the path empty and gives both after it: https://git-scm.com/docs/diff-format
function parseSummary(text: string): Omit<DiffFile, "patch">[] {
  const fields = text.split("\0");
  const raw: { path: string; previousPath: string | null; status: DiffFile["status"]; mode: string; sha: string }[] =
    [];
  let at = 0;
  while (fields[at]?.startsWith(":")) {
    const [oldMode = "", newMode = "", oldSha = "", newSha = "", letter = ""] = (fields[at] ?? "").slice(1).split(" ");
    const status = STATUS[letter[0] ?? "M"] ?? "modified";
    const renamed = status === "renamed" || status === "copied";
    const first = fields[at + 1] ?? "";
    raw.push({
      path: renamed ? (fields[at + 2] ?? "") : first,
      previousPath: renamed ? first : null,
      status,
      mode: status === "removed" ? oldMode : newMode,
      sha: newSha === ZERO ? oldSha : newSha,
    });
    at += renamed ? 3 : 2;
  }
  return raw.map((file) => {
    const [added = "0", removed = "0", path = ""] = (fields[at] ?? "").split("\t");
    at += path === "" ? 3 : 1;
    // Binary files have dashes here.
    return { ...file, additions: Number(added) || 0, deletions: Number(removed) || 0 };
  });
}
