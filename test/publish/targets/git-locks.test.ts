import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { moveNoted } from "../../../src/publish/targets/git-locks.ts";
import { bareRepository, commitTo, git } from "../support/git.ts";

const ref = "refs/heads/host";

/** A repository with a commit that `host` is at, one that it can go to, and a lock of `host`. */
async function locked(noted: string | null, text: string) {
  const path = await bareRepository();
  const from = await commitTo(path, "host", { a: "1" });
  const to = await commitTo(path, "other", { a: "2" });
  mkdirSync(join(path, "registrar"));
  if (noted !== null) writeFileSync(join(path, "registrar", "moving"), noted);
  writeFileSync(join(path, `${ref}.lock`), text);
  return { path, move: () => moveNoted(path, ref, { from, to }), to };
}

const commit = `${"c".repeat(40)}\n`;

describe("moveNoted", () => {
  it.each([
    ["with the commit in it", commit],
    ["with nothing in it yet", ""],
  ])("takes away the lock of a git that was killed while it moved the branch, %s", async (_, text) => {
    const { path, move, to } = await locked(commit, text);
    expect(await move()).toBe(true);
    expect(git(path, "rev-parse", ref)).toBe(to);
    expect(existsSync(join(path, "registrar", "moving"))).toBe(false);
  });

  it.each([
    ["no move was noted", null, commit],
    ["another move was noted", commit, `${"d".repeat(40)}\n`],
  ])("leaves the lock of somebody else: %s", async (_, noted, text) => {
    const { path, move } = await locked(noted, text);
    await expect(move()).rejects.toMatchObject({ code: "publish-failed" });
    expect(existsSync(join(path, `${ref}.lock`))).toBe(true);
  });
});
