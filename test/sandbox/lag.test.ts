import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry, caller, querier } from "./support.ts";

const REPO = "/repos/acme/registry";
const REPOSITORY = "acme/registry";
async function lagging(path?: RegExp) {
  const fixture = await aRegistry();
  const lag = () =>
    fixture.sandbox.faults.lag({
      repository: REPOSITORY,
      ms: Number.POSITIVE_INFINITY,
      ...(path === undefined ? {} : { path }),
    });
  const get = async (rest: string) => (await fixture.asApp(`GET ${REPO}${rest}`)).json;
  const catchUp = () => fixture.sandbox.faults.lag({ repository: REPOSITORY, ms: 0 });
  return { ...fixture, lag, get, catchUp, mona: fixture.sandbox.as("mona") };
}

describe("when a repository lags", () => {
  it("shows a new pull request late, in the list and by itself, and takes no second one meanwhile", async () => {
    const { sandbox, lag, get, catchUp, asApp } = await lagging();
    lag();
    const { number } = await aPullRequest(sandbox);
    expect(await get("/pulls?head=acme:change")).toEqual([]);
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).status).toBe(404);
    expect((await asApp(`GET ${REPO}/git/ref/heads/change`)).status).toBe(404);
    const twin = await asApp(`POST ${REPO}/pulls`, { body: { head: "change", base: "main", title: "Again" } });
    expect(twin.status).toBe(422);
    catchUp();
    expect(await get("/pulls?head=acme:change")).toMatchObject([{ number }]);
    expect((await get(`/git/ref/heads/change`)).ref).toBe("refs/heads/change");
    expect(sandbox.violations).toEqual([]);
  });

  it("shows the head that was, and what was said of it", async () => {
    const { sandbox, lag, get, catchUp, mona, asApp } = await lagging();
    const { number, head } = await aPullRequest(sandbox);
    lag();
    const after = await mona.commit({ repository: REPOSITORY, branch: "change", files: { n: "" }, message: "n" });
    await asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: after, conclusion: "success" } });
    await mona.label({ repository: REPOSITORY, number, add: ["late"] });
    await mona.comment({ repository: REPOSITORY, number, body: "late" });
    const before = await get(`/pulls/${number}`);
    expect([before.head.sha, before.commits, before.labels]).toEqual([head, 1, []]);
    expect(await get(`/issues/${number}/comments`)).toEqual([]);
    expect((await get(`/commits/${after}/check-runs`)).total_count).toBe(0);
    expect((await get("/branches/change")).commit.sha).toBe(head);
    // Whoever writes meets the present.
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { sha: head } })).status).toBe(409);
    catchUp();
    const now = await get(`/pulls/${number}`);
    expect([now.head.sha, now.commits, now.labels.length]).toEqual([after, 2, 1]);
    expect(await get(`/issues/${number}/comments`)).toHaveLength(1);
    expect((await get(`/commits/${after}/check-runs`)).total_count).toBe(1);
    expect(sandbox.violations).toEqual([]);
  });

  it("shows releases, their assets and tags late, in REST and in GraphQL", async () => {
    const { sandbox, lag, get, catchUp, mona, token, asApp } = await lagging();
    await mona.release({ repository: REPOSITORY, tag: "v1", assets: [{ name: "a", bytes: "a" }] });
    lag();
    await mona.release({ repository: REPOSITORY, tag: "v2", assets: [] });
    await mona.uploadAsset({ repository: REPOSITORY, tag: "v1", asset: { name: "b", bytes: "b" } });
    const seen = `{ repository(owner: "acme", name: "registry") {
      releases(first: 9) { nodes { tagName releaseAssets(first: 9) { totalCount } } } refs(refPrefix: "refs/tags/", first: 9) { totalCount } } }`;
    const ask = async () => (await querier(sandbox, token)(seen)).json.data.repository;
    expect(await get("/releases")).toMatchObject([{ tag_name: "v1", assets: [{ name: "a" }] }]);
    expect((await asApp(`GET ${REPO}/releases/tags/v2`)).status).toBe(404);
    expect(await get("/tags")).toHaveLength(1);
    expect(await ask()).toEqual({
      releases: { nodes: [{ tagName: "v1", releaseAssets: { totalCount: 1 } }] },
      refs: { totalCount: 1 },
    });
    catchUp();
    expect(await get("/releases")).toHaveLength(2);
    expect((await get("/releases/tags/v1")).assets).toHaveLength(2);
    expect((await ask()).refs.totalCount).toBe(2);
  });

  it("does so for some addresses only, until it is told to stop", async () => {
    const { lag, get, catchUp, mona } = await lagging(/\/releases/);
    lag();
    await mona.release({ repository: REPOSITORY, tag: "v1", assets: [] });
    expect(await get("/releases")).toEqual([]);
    expect(await get("/tags")).toHaveLength(1);
    catchUp();
    expect(await get("/releases")).toHaveLength(1);
  });

  it("is late by so many milliseconds and no more: each change is seen in its turn", async () => {
    const { sandbox, get, mona } = await lagging();
    const ms = 2000;
    sandbox.faults.lag({ repository: REPOSITORY, ms });
    await mona.createTag({ repository: REPOSITORY, tag: "one" });
    expect(await get("/tags")).toEqual([]);
    await setTimeout(ms * 0.6);
    await mona.createTag({ repository: REPOSITORY, tag: "two" });
    await setTimeout(ms * 0.5);
    expect((await get("/tags")).map(({ name }: { name: string }) => name)).toEqual(["one"]);
    await setTimeout(ms * 0.6);
    expect(await get("/tags")).toHaveLength(2);
  });

  it("is late with what no event tells of", async () => {
    const { sandbox, get, mona } = await lagging();
    await mona.release({ repository: REPOSITORY, tag: "v1", assets: [{ name: "a", bytes: "a" }] });
    const ms = 1000;
    sandbox.faults.lag({ repository: REPOSITORY, ms });
    const assets = async () => (await get("/releases/tags/v1")).assets.map(({ name }: { name: string }) => name);
    await setTimeout(ms + 20);
    await mona.uploadAsset({ repository: REPOSITORY, tag: "v1", asset: { name: "b", bytes: "b" } });
    expect(await assets()).toEqual(["a"]);
    await setTimeout(ms + 20);
    expect(await assets()).toEqual(["a", "b"]);
    await mona.deleteAsset({ repository: REPOSITORY, tag: "v1", name: "a" });
    expect(await assets()).toEqual(["a", "b"]);
  });

  it("leaves other repositories alone", async () => {
    const { sandbox, lag } = await lagging();
    lag();
    await sandbox.createRepository({ owner: "mona", name: "hers" });
    await sandbox.as("mona").createTag({ repository: "mona/hers", tag: "v1" });
    expect((await caller(sandbox)("GET /repos/mona/hers/tags")).json).toHaveLength(1);
  });
});
