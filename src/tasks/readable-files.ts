import type { Finding } from "../registry/finding.ts";
import { largestRecord } from "../registry/json-size.ts";
import { quoted } from "../registry/plain-text.ts";
import { configurationPath, isIgnored, type TreeFile } from "../registry/tree.ts";
import { configuration, recordPlace, recordShape, signature } from "../rules/index.ts";
import { fail, findingOf } from "../rules/rule.ts";

/**
 * The files of a registry that are worth reading, and why the others are not. Links are never followed: what they point to
 * is no part of the registry. What is far too large is not read at all, so that no file costs more memory than a record may.
 */
export function readableFiles(files: readonly TreeFile[]): {
  readonly files: readonly TreeFile[];
  readonly findings: readonly Finding[];
} {
  const regular = files.filter(isRegular);
  const oversized = regular.filter((file) => file.size > mostBytes(file) && !isIgnored(file.path));
  const irregular = files.filter((file) => !isRegular(file) && !isIgnored(file.path));
  return {
    files: regular.filter((file) => !oversized.includes(file)),
    findings: [...irregular.map(oddMode), ...oversized.map(tooLarge)],
  };
}

const isRegular = ({ mode }: TreeFile): boolean => mode === "100644" || mode === "100755";

/** A UTF-16 unit takes at most three bytes, so a longer file cannot be a record that is read. */
const mostBytes = ({ path }: TreeFile): number =>
  path === configurationPath || path.startsWith("keys/") ? 1024 * 1024 : 3 * largestRecord;

const oddMode = ({ path, mode }: TreeFile): Finding =>
  findingOf(recordPlace, fail(`${quoted(path)} is no regular file (git mode ${mode}).`, "Add it as a plain file."), {
    path,
  });

function tooLarge(file: TreeFile): Finding {
  const { path, size } = file;
  const message = `${quoted(path)} has ${size} bytes; at most ${mostBytes(file)} are read.`;
  return findingOf(ruleOf(path), fail(message, "Put the right file in its place, or remove it."), { path });
}

function ruleOf(path: string) {
  if (path === configurationPath) return configuration;
  return path.startsWith("keys/") ? signature : recordShape;
}
