import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeBlob, writeBlobs, writeCommit, writeTag, writeTree } from "../../../src/sandbox/git/write.ts";
import { writeRefs } from "../../../src/sandbox/git/write-refs.ts";
import { aGitFolder, person } from "./support.ts";

const ZERO = "0".repeat(40);

describe("what is written", () => {
  it("is what git itself would have written, and git finds nothing wrong with it", async () => {
    const git = await aGitFolder();
    const blob = writeBlob(git, Buffer.from("hello\n"));
    expect(blob).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    const large = writeBlob(git, randomBytes(300_000));
    const inner = writeTree(git, [{ mode: "100755", type: "blob", sha: blob, name: "run" }]);
    // git sorts a folder as if its name ended with a slash: a.b comes before a/, and a0 after it.
    const names = ["a0", "a.b", "ä"].map((name) => ({ mode: "100644", type: "blob", sha: blob, name }) as const);
    const folder = { mode: "040000", type: "tree", sha: inner, name: "a" } as const;
    const link = { mode: "120000", type: "blob", sha: large, name: "link" } as const;
    const tree = writeTree(git, [link, ...names, folder]);
    const commit = writeCommit(git, { tree, parents: [], author: person(), committer: person(), message: "One\n" });
    const tag = writeTag(git, { object: commit, type: "commit", tag: "v1", tagger: person(), message: "v1" });
    await writeRefs(git, [
      { ref: "refs/heads/main", before: ZERO, after: commit },
      { ref: "refs/tags/v1", before: ZERO, after: tag },
    ]);
    expect(await git.text(["fsck", "--strict", "--no-dangling"])).toBe("");
    expect(await git.text(["log", "--format=%s %an", "v1"])).toBe("One Mona");
    const listed = await git.text(["ls-tree", "--name-only", "-z", "main"]);
    expect(listed.split("\0").filter((name) => name !== "")).toEqual(["a.b", "a", "a0", "link", "ä"]);
  });

  it("waits in memory until git looks, and is read from there", async () => {
    const git = await aGitFolder();
    const sha = writeBlob(git, Buffer.from("hello\n"));
    const file = join(git.path, "objects", sha.slice(0, 2), sha.slice(2));
    expect((await git.blob(sha))?.toString()).toBe("hello\n");
    expect(await git.objects.info(sha)).toMatchObject({ type: "blob", size: 6 });
    expect(existsSync(file)).toBe(false);
    expect(await git.text(["cat-file", "-p", sha])).toBe("hello");
    expect(existsSync(file)).toBe(true);
    expect((await git.blob(sha))?.toString()).toBe("hello\n");
    expect(await git.objects.info(sha)).toMatchObject({ type: "blob", size: 6 });
  });

  it("is found by the start of its name", async () => {
    const git = await aGitFolder();
    for (const text of ["hello\n", "later, when git already runs\n"]) {
      const sha = writeBlob(git, Buffer.from(text));
      expect((await git.objects.read(sha.slice(0, 7)))?.sha).toBe(sha);
    }
  });

  it("is read from a pack where there are many", async () => {
    const git = await aGitFolder();
    const shas = await writeBlobs(
      git,
      Array.from({ length: 1200 }, (_, index) => Buffer.from(`${index}`)),
    );
    expect(new Set(shas).size).toBe(1200);
    expect((await git.blob(shas[1100] ?? ""))?.toString()).toBe("1100");
  });

  it("is null where there is nothing, and is there when it came later", async () => {
    const git = await aGitFolder();
    const sha = "ce013625030ba8dba906f756967f9e9ca394464a";
    expect(await git.blob(sha)).toBeNull();
    expect(await git.blob("refs/heads/main")).toBeNull();
    await git.text(["hash-object", "-w", "--stdin"], { input: "hello\n" });
    expect((await git.blob(sha))?.toString()).toBe("hello\n");
  });

  it("does not change with the bytes that were given", async () => {
    const git = await aGitFolder();
    const bytes = Buffer.from("hello\n");
    const sha = writeBlob(git, bytes);
    bytes.fill(0);
    expect((await git.blob(sha))?.toString()).toBe("hello\n");
  });
});
