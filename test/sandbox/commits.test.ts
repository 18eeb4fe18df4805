import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry } from "./support.ts";

const REPO = "/repos/acme/registry";
const REPOSITORY = "acme/registry";

describe("when commits are listed", () => {
  it("goes back from a branch, a tag or a commit, page by page, between dates", async () => {
    const { sandbox, asApp } = await aRegistry();
    await sandbox.seed([
      {
        owner: "acme",
        name: "old",
        history: [1, 2, 3, 4].map((year) => ({
          date: `202${year}-01-01T00:00:00Z`,
          files: { year: `${year}` },
          message: `${year}`,
          tag: `v${year}`,
        })),
      },
    ]);
    const messages = async (query: string) =>
      (await asApp(`GET /repos/acme/old/commits${query}`)).json.map(
        ({ commit }: { commit: { message: string } }) => commit.message,
      );
    expect(await messages("?per_page=2")).toEqual(["4", "3"]);
    expect(await messages("?per_page=2&page=2")).toEqual(["2", "1"]);
    const v2 = (await asApp("GET /repos/acme/old/git/ref/tags/v2")).json.object.sha;
    expect(await messages("?sha=v2&per_page=1")).toEqual(["2"]);
    expect(await messages(`?sha=${v2}&per_page=1`)).toEqual(["2"]);
    expect(await messages("?since=2022-06-01T00:00:00Z&until=2023-06-01T00:00:00Z")).toEqual(["3"]);
    expect((await asApp("GET /repos/acme/old/commits?sha=none")).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });

  it("says loudly when it is asked by what it does not know", async () => {
    const { sandbox, asApp } = await aRegistry();
    await asApp(`GET ${REPO}/commits?author=mona`);
    expect(sandbox.violations).toEqual([
      'GET /repos/{owner}/{repo}/commits: the sandbox does not know the parameter "author"',
    ]);
  });
});

describe("when the pull requests of a commit are asked for", () => {
  const numbers = (pulls: readonly { number: number }[]) => pulls.map(({ number }) => number);

  it("names those that have it, and once it has arrived the one that brought it", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const { number, head: first } = await aPullRequest(sandbox);
    const second = await mona.commit({ repository: REPOSITORY, branch: "change", files: { n: "" }, message: "n" });
    const stacked = await mona.commit({
      repository: REPOSITORY,
      branch: "stacked",
      from: "change",
      files: { s: "" },
      message: "s",
    });
    const other = await mona.openPullRequest({ repository: REPOSITORY, head: "stacked", title: "Stacked" });
    const pullsOf = async (sha: string) => numbers((await asApp(`GET ${REPO}/commits/${sha}/pulls`)).json);
    expect(await pullsOf(first)).toEqual([number, other]);
    expect(await pullsOf(second)).toEqual([number, other]);
    expect(await pullsOf("stacked")).toEqual([other]);
    const { sha } = (await asApp(`PUT ${REPO}/pulls/${number}/merge`)).json;
    expect(await pullsOf(first)).toEqual([number]);
    expect(await pullsOf(sha)).toEqual([number]);
    expect(await pullsOf(stacked)).toEqual([other]);
    await mona.closePullRequest({ repository: REPOSITORY, number: other });
    expect(await pullsOf(stacked)).toEqual([]);
    expect((await asApp(`GET ${REPO}/commits/${"0".repeat(40)}/pulls`)).status).toBe(422);
    expect(sandbox.violations).toEqual([]);
  });

  it("names the one that was squashed into it", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const { sha } = (await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { merge_method: "squash" } })).json;
    expect(numbers((await asApp(`GET ${REPO}/commits/${sha}/pulls`)).json)).toEqual([number]);
    const [, before] = (await asApp(`GET ${REPO}/commits`)).json;
    expect((await asApp(`GET ${REPO}/commits/${before.sha}/pulls`)).json).toEqual([]);
  });
});
