import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Expected } from "./corpus-oracle.ts";

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
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return {
    paths: paths.filter(isServed),
    read: (wanted) => wanted.map((path) => readFileSync(join(folder, path), "utf8")),
  };
}

export function publishedBranch(gitFolder: string, branch: string): Published {
  const git = (args: readonly string[], input = "") =>
    execFileSync("git", [`--git-dir=${gitFolder}`, ...args], { input, maxBuffer: 2 ** 30 });
  const ids = new Map<string, string>();
  for (const line of git(["ls-tree", "-r", "-z", branch]).toString().split("\0")) {
    const [, id = "", path = ""] = /^100644 blob (\S+)\t(.*)$/s.exec(line) ?? [];
    if (isServed(path)) ids.set(path, id);
  }
  const read = (paths: readonly string[]) => {
    const output = git(["cat-file", "--batch"], paths.map((path) => `${ids.get(path)}\n`).join(""));
    let at = 0;
    return paths.map(() => {
      const begin = output.indexOf("\n", at) + 1;
      const size = Number(output.toString("latin1", at, begin).split(" ")[2]);
      at = begin + size + 1;
      return output.toString("utf8", begin, begin + size);
    });
  };
  return { paths: ids.keys(), read };
}

/** Not what a target keeps for itself, and no client ever asks for. */
const isServed = (path: string): boolean => path !== "" && path !== ".nojekyll" && !path.startsWith(".registrar");
