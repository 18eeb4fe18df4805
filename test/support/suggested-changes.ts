import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LineComment } from "../../src/github/port.ts";

/** The text that GitHub would put in the place of a comment's lines; null where the comment suggests nothing. */
export const suggestedText = ({ body }: LineComment): string | null =>
  /^```suggestion\n([\s\S]*?)\n```$/m.exec(body)?.[1] ?? null;

/** A text with suggestions taken, as GitHub does it: whole lines, from the last to the first so that numbers stay true. */
export function takeSuggestions(text: string, comments: readonly LineComment[]): string {
  const lines = text.split("\n");
  for (const comment of comments.toSorted((a, b) => b.line - a.line)) {
    const suggested = suggestedText(comment);
    const first = comment.startLine ?? comment.line;
    if (suggested !== null) lines.splice(first - 1, comment.line - first + 1, ...suggested.split("\n"));
  }
  return lines.join("\n");
}

/** The lines of the new text that each hunk of git's own diff shows. */
export function hunksOf(before: string, after: string): readonly { readonly first: number; readonly last: number }[] {
  const folder = mkdtempSync(join(tmpdir(), "registrar-diff-"));
  try {
    writeFileSync(join(folder, "a"), before);
    writeFileSync(join(folder, "b"), after);
    const patch = diff(folder);
    return [...patch.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].map(([, start, count]) => {
      const first = Number(start);
      return { first, last: first + Number(count ?? 1) - 1 };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Exit code 1 says that there are differences. */
function diff(folder: string): string {
  try {
    return execFileSync("git", ["diff", "--no-index", "a", "b"], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}
