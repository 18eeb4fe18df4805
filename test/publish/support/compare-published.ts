import { isDeepStrictEqual } from "node:util";
import type { Expected } from "./corpus-oracle.ts";
import { published } from "./folders.ts";
import { git, isServed, readObjects } from "./git.ts";

/** What was published, to be read as plain files. */
export interface Published {
  readonly paths: Iterable<string>;
  /** The texts of these files, in that order. */
  read(paths: readonly string[]): readonly string[];
}

/** Every difference, both ways, as a sentence: nothing missing, nothing besides, each field the same. */
export function differences(expected: Iterable<readonly Expected[]>, published: Published): readonly string[] {
  const found: string[] = [];
  const left = new Set(published.paths);
  let batch: Expected[] = [];
  const look = () => {
    const { there = [], missing = [] } = Object.groupBy(batch, ({ path }) => (left.delete(path) ? "there" : "missing"));
    found.push(...missing.map(({ path }) => `${path} is missing`));
    const texts = published.read(there.map(({ path }) => path));
    for (const [index, { path, value }] of there.entries()) {
      const read: unknown = withoutProse(path, JSON.parse(texts[index] ?? "null"));
      if (!isDeepStrictEqual(read, withoutProse(path, value)))
        found.push(`${path}: ${JSON.stringify(read)} instead of ${JSON.stringify(value)}`);
    }
    batch = [];
  };
  for (const documents of expected) {
    for (const document of documents) batch.push(document);
    if (batch.length > 20_000) look();
  }
  look();
  return [...found, ...[...left].map((path) => `${path} should not be there`)];
}

/** Of `status/` the texts are for people; an entry counts by code, path and version, in whatever order. */
function withoutProse(path: string, value: unknown): unknown {
  if (!path.startsWith("status/")) return value;
  const { left_out, notices, ...rest } = value as Record<string, readonly Record<string, unknown>[]>;
  const plain = (list: readonly Record<string, unknown>[] = []) =>
    list.map(({ code, path, version = null }) => JSON.stringify([code, path, version])).sort();
  return { ...rest, left_out: plain(left_out), notices: plain(notices) };
}

export function publishedFolder(folder: string): Published {
  const files = published(folder);
  return { paths: Object.keys(files), read: (paths) => paths.map((path) => files[path] ?? "") };
}

export function publishedBranch(gitFolder: string, branch: string): Published {
  const ids = new Map<string, string>();
  for (const line of git(gitFolder, "ls-tree", "-r", "-z", branch).split("\0")) {
    const [, id = "", path = ""] = /^100644 blob (\S+)\t(.*)$/s.exec(line) ?? [];
    if (isServed(path)) ids.set(path, id);
  }
  const idOf = (path: string) => ids.get(path) ?? "";
  return { paths: ids.keys(), read: (paths) => readObjects(gitFolder, paths.map(idOf)) };
}
