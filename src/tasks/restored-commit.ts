import type { RegistryReader } from "../github/port.ts";
import type { Base } from "./base.ts";
import type { Touched } from "./read-touched.ts";
import { type FileWithout, textOf, undoCommit } from "./undo-commit.ts";

/** The one of these commits that a change takes back; null where it does anything else, or anything more. */
export async function restoredCommit(
  host: RegistryReader,
  { commits, base, touched }: { readonly commits: readonly string[]; readonly base: Base; readonly touched: Touched },
): Promise<string | null> {
  if (touched.problem !== null || touched.files.length === 0) return null;
  const now = (path: string): FileWithout => {
    const file = base.files.find((candidate) => candidate.path === path);
    return file === undefined ? { kind: "nothing" } : { kind: "file", file };
  };
  for (const commit of commits) {
    const undone = await undoCommit(host, { commit, paths: touched.files.map(({ path }) => path), now });
    const same = touched.files.map(async ({ path, after }) => {
      const wanted = undone.get(path);
      return wanted !== undefined && (await textOf(host, wanted)) === after;
    });
    if ((await Promise.all(same)).every((one) => one)) return commit;
  }
  return null;
}
