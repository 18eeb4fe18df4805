import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GitFolder } from "../../../src/sandbox/git/folder.ts";
import { listRefs, readRef } from "../../../src/sandbox/git/refs.ts";
import { writeCommit, writeTree } from "../../../src/sandbox/git/write.ts";
import { writeRefs } from "../../../src/sandbox/git/write-refs.ts";
import { aGitFolder, person } from "./support.ts";

const ZERO = "0".repeat(40);

async function withCommits() {
  const git = await aGitFolder();
  const tree = writeTree(git, []);
  const [one = "", two = ""] = ["one", "two"].map((message) =>
    writeCommit(git, { tree, parents: [], author: person(), committer: person(), message }),
  );
  return { git, one, two };
}

function names(git: GitFolder): string[] {
  return listRefs(git, "refs/").map(({ name }) => name);
}

describe("writeRefs", () => {
  it("creates, moves and removes, as git sees it", async () => {
    const { git, one, two } = await withCommits();
    await writeRefs(git, [{ ref: "refs/heads/a/b", before: ZERO, after: one }]);
    expect(await git.text(["show-ref"])).toBe(`${one} refs/heads/a/b`);
    await writeRefs(git, [
      { ref: "refs/heads/a/b", before: one, after: two },
      { ref: "refs/tags/v1", before: ZERO, after: one },
    ]);
    expect(await git.text(["rev-parse", "a/b", "v1"])).toBe(`${two}\n${one}`);
    await writeRefs(git, [{ ref: "refs/heads/a/b", before: two, after: ZERO }]);
    expect(names(git)).toEqual(["refs/tags/v1"]);
    // Nothing is in the way of the shorter name.
    await writeRefs(git, [{ ref: "refs/heads/a", before: ZERO, after: one }]);
    expect(await readRef(git, "refs/heads/a")).toBe(one);
  });

  it("does nothing when one of the old values is another", async () => {
    const { git, one, two } = await withCommits();
    await writeRefs(git, [{ ref: "refs/heads/a", before: ZERO, after: one }]);
    const changes = [
      { ref: "refs/heads/x/y/z", before: ZERO, after: two },
      { ref: "refs/heads/a", before: two, after: ZERO },
    ];
    await expect(writeRefs(git, changes)).rejects.toThrow(`is at ${one} but expected ${two}`);
    expect(names(git)).toEqual(["refs/heads/a"]);
    await writeRefs(git, [{ ref: "refs/heads/x", before: ZERO, after: two }]);
    expect(names(git)).toEqual(["refs/heads/a", "refs/heads/x"]);
  });

  it("keeps a name and longer ones of it apart", async () => {
    const { git, one } = await withCommits();
    await writeRefs(git, [{ ref: "refs/heads/a/b", before: ZERO, after: one }]);
    await expect(writeRefs(git, [{ ref: "refs/heads/a", before: ZERO, after: one }])).rejects.toThrow(
      "a folder of refs",
    );
    await expect(writeRefs(git, [{ ref: "refs/heads/a/b/c", before: ZERO, after: one }])).rejects.toThrow();
    expect(names(git)).toEqual(["refs/heads/a/b"]);
  });

  it("waits for a lock that somebody else holds, and gives up in the end", async () => {
    const { git, one } = await withCommits();
    const lock = join(git.path, "refs/heads/a.lock");
    mkdirSync(join(git.path, "refs/heads"), { recursive: true });
    writeFileSync(lock, "");
    setTimeout(() => rmSync(lock), 30);
    await writeRefs(git, [{ ref: "refs/heads/a", before: ZERO, after: one }]);
    expect(await readRef(git, "refs/heads/a")).toBe(one);
    writeFileSync(lock, "");
    await expect(writeRefs(git, [{ ref: "refs/heads/a", before: one, after: ZERO }])).rejects.toThrow("EEXIST");
    expect(existsSync(lock)).toBe(true);
    expect(await readRef(git, "refs/heads/a")).toBe(one);
  });
});
