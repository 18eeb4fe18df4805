import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonAncestors, straightWay, wholeHistory } from "../../../src/sandbox/git/ancestry.ts";
import { commitsBetween, count, mergeBase } from "../../../src/sandbox/git/history.ts";
import { writeCommit, writeTree } from "../../../src/sandbox/git/write.ts";
import { aGitFolder, person } from "./support.ts";

/** Each commit: how far back its parents are, and its second, so that equal and turned dates come up. */
const histories = fc.array(
  fc.record({
    parents: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
    second: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 2, maxLength: 14 },
);

describe("commonAncestors", () => {
  it("finds what git finds, in whatever history", async () => {
    const git = await aGitFolder();
    const tree = writeTree(git, []);
    let several = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const shas: string[] = [];
        for (const [index, { parents, second }] of history.entries()) {
          const author = person(second);
          const known = parents.flatMap((back) => shas[index - back] ?? []);
          const message = `${index} ${Math.random()}`;
          shas.push(writeCommit(git, { tree, parents: known, author, committer: author, message }));
        }
        const [one = "", other = ""] = shas.slice(-2);
        const all = (await git.text(["merge-base", "--all", one, other], { allowed: [0, 1] })).split("\n");
        const bases = all.filter((sha) => sha !== "");
        if (bases.length > 1) several += 1;
        const found = await commonAncestors(git, one, other);
        // Where dates are turned, more may be found: then git is asked.
        expect(bases.every((sha) => found.includes(sha))).toBe(true);
        if (found.length < 2) expect(found).toEqual(bases);
        expect(await mergeBase(git, one, other)).toBe(bases[0] ?? null);
        const listedByGit = (await git.text(["rev-list", other])).split("\n");
        expect(await wholeHistory(git, other)).toEqual(listedByGit);
        expect(await wholeHistory(git, other, { longest: listedByGit.length - 1 })).toBeNull();
        const [behind, ahead] = (await git.text(["rev-list", "--left-right", "--count", `${one}...${other}`])).split(
          "\t",
        );
        expect(await count(git, one, other)).toEqual({ ahead: Number(ahead), behind: Number(behind) });
        const listed = (await git.text(["rev-list", other, `^${one}`])).split("\n").filter((sha) => sha !== "");
        const between = (await commitsBetween(git, one, other)).map(({ sha }) => sha);
        expect([...between].sort()).toEqual(listed.sort());
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(several).toBeGreaterThan(0);
  }, 120_000);
});

describe("commonAncestors of two branches", () => {
  it("is where they left each other, and nothing behind it", async () => {
    const git = await aGitFolder();
    const tree = writeTree(git, []);
    let second = 0;
    const commit = (message: string, ...parents: string[]) => {
      second += 1;
      return writeCommit(git, { tree, parents, author: person(second), committer: person(second), message });
    };
    const root = commit("root");
    const fork = commit("fork", root);
    const [a, b] = [commit("a", fork), commit("b", fork)];
    expect(await commonAncestors(git, a, b)).toEqual([fork]);
    expect(await commonAncestors(git, a, commit("merge", b, a))).toEqual([a]);
    expect(await commonAncestors(git, a, commit("stranger"))).toEqual([]);
  });
});

describe("straightWay", () => {
  it("is null where the way forks, ends elsewhere or is too long", async () => {
    const git = await aGitFolder();
    const tree = writeTree(git, []);
    const commit = (message: string, ...parents: string[]) =>
      writeCommit(git, { tree, parents, author: person(), committer: person(), message });
    const root = commit("root");
    const [a, b] = [commit("a", root), commit("b", root)];
    const merge = commit("merge", a, b);
    const tip = commit("tip", merge);
    expect((await straightWay(git, a, { ancestor: root }))?.map(({ message }) => message)).toEqual(["a"]);
    expect(await straightWay(git, a, { ancestor: a })).toEqual([]);
    expect(await straightWay(git, tip, { ancestor: root })).toBeNull();
    expect(await straightWay(git, a, { ancestor: b })).toBeNull();
    expect(await straightWay(git, a, { ancestor: root, longest: 0 })).toBeNull();
  });
});
