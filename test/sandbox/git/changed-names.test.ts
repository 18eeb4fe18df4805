import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { changedNames } from "../../../src/sandbox/git/changed-names.ts";
import { editTree, type TreeChange } from "../../../src/sandbox/git/edit-tree.ts";
import { createGitFolder } from "../../../src/sandbox/git/folder.ts";
import { mergedCommits } from "../../../src/sandbox/git/history.ts";
import { tryMerge } from "../../../src/sandbox/git/merge.ts";
import { GitProgram } from "../../../src/sandbox/git/program.ts";
import { writeBlob, writeCommit } from "../../../src/sandbox/git/write.ts";

function aRepository() {
  const path = mkdtempSync(join(tmpdir(), "sandbox-git-"));
  const program = new GitProgram();
  onTestFinished(async () => {
    await program.stop();
    rmSync(path, { recursive: true, force: true });
  });
  const git = createGitFolder(program, path);
  const person = { name: "A", email: "a@example.org", date: "2025-01-01T00:00:00Z" };
  const commit = async (
    parents: readonly string[],
    files: Readonly<Record<string, string | null>>,
    mode = "100644",
  ) => {
    const [parent] = parents;
    const base = parent === undefined ? null : ((await git.commit(parent))?.tree ?? null);
    const changes = Object.entries(files).map(([path, text]): TreeChange => {
      const entry = text === null ? null : ({ mode, type: "blob", sha: writeBlob(git, Buffer.from(text)) } as const);
      return { path, entry };
    });
    const tree = await editTree(git, base, changes);
    return writeCommit(git, { tree, parents, author: person, committer: person, message: "x" });
  };
  return { git, commit };
}

it("changedNames says what git says, also where a file takes a folder's place and the other way round", async () => {
  const { git, commit } = aRepository();
  const first = await commit([], { "a/b/c.json": "1", "a/d": "2", e: "3", "f-g": "4", "f/h": "5" });
  const second = await commit([first], {
    "a/b/c.json": null,
    "a/b": "now a file",
    e: null,
    "e/x": "a folder",
    "f/h": "6",
  });
  const third = await commit([second], { "f/h": "6" }, "100755");
  for (const sha of [first, second, third]) {
    const args = ["diff-tree", "-r", "--root", "--no-commit-id", "--name-status", "--no-renames", sha];
    const said = (await git.text(args)).split("\n").sort();
    const names = await changedNames(git, sha);
    const list = (["A", "D", "M"] as const).flatMap((kind) => names[kind].map((path) => `${kind}\t${path}`));
    expect(list.sort()).toEqual(said);
  }
});

it("a head that is ahead of its base merges into what it has; what a merge brought is listed as git lists it", async () => {
  const { git, commit } = aRepository();
  const base = await commit([], { a: "1" });
  const one = await commit([base], { b: "1" });
  const head = await commit([one], { c: "1" });
  const tree = (await git.commit(head))?.tree;
  expect(await tryMerge(git, base, head)).toBe(tree);
  expect(await tryMerge(git, head, one)).toBe(tree);
  const merge = await commit([base, head], { b: "1", c: "1" });
  for (const tip of [head, merge]) {
    const listed = (await git.text(["rev-list", "--topo-order", tip, `^${base}`])).split("\n");
    expect((await mergedCommits(git, base, tip))?.map(({ sha }) => sha)).toEqual(listed);
  }
  const aside = await commit([base], { d: "1" });
  expect(await mergedCommits(git, aside, await commit([aside, head], {}))).toBeNull();
});
