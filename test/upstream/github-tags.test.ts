import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { githubReleases } from "../../src/upstream/github-releases.ts";

const apiUrl = "https://api.github.test";
const repository = "acme/terraform-aws-network";
const repo = `/repos/${repository}`;
const commit = "c".repeat(40);
const now = new Date("2026-03-01T12:00:00Z");

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const facts = {
  id: 7001,
  full_name: repository,
  owner: { id: 501 },
  private: false,
  created_at: "2024-01-01T00:00:00Z",
  license: { spdx_id: "MPL-2.0" },
};
const api = () => nock(apiUrl);
const answersRepository = () => api().get(repo).reply(200, facts);
const answersRef = (object: object, tag = "v1.2.0") =>
  api()
    .get(`${repo}/git/ref/tags%2F${tag}`)
    .reply(200, { ref: `refs/tags/${tag}`, object });
const answersTag = (sha: string, object: object, tagger?: object | null) =>
  api().get(`${repo}/git/tags/${sha}`).reply(200, { object, tagger });
const answersCommit = (date: unknown = "2026-02-01T12:00:00Z") =>
  api()
    .get(`${repo}/git/commits/${commit}`)
    .reply(200, { sha: commit, author: { date: "1999-01-01T00:00:00Z" }, committer: { date } });

function upstream() {
  const client = (token: string | null) => createClient({ apiUrl, token: async () => token, writeSpacingMs: 0 });
  const limits = { hosts: new Set<string>(), protocols: new Set(["https:"]) };
  return githubReleases({ client: client("ghs_1"), anonymous: client(null), limits });
}

/** The evidence, and how many requests it took. */
async function read(version = "v1.2.0") {
  let requests = 0;
  const count = () => {
    requests += 1;
  };
  nock.emitter.on("no match", count);
  const address = { kind: "module", namespace: "acme", name: "network", system: "aws" } as const;
  const before = nock.pendingMocks().length;
  const evidence = await upstream().readModuleEvidence({ address, repository, version, now });
  nock.emitter.off("no match", count);
  return { evidence, requests: requests + before - nock.pendingMocks().length };
}

describe("readModuleEvidence", () => {
  it("reads the repository, and resolves the very tag that the record names, by its ref", async () => {
    answersRepository();
    answersRef({ type: "commit", sha: commit });
    answersCommit();
    const { evidence, requests } = await read();
    expect(evidence).toEqual({
      kind: "module",
      readAt: now.toISOString(),
      asked: repository,
      version: "v1.2.0",
      repository: {
        kind: "found",
        id: 7001,
        ownerId: 501,
        fullName: repository,
        private: false,
        createdAt: "2024-01-01T00:00:00Z",
        license: "MPL-2.0",
      },
      tag: { kind: "found", name: "v1.2.0", commit, publishedAt: "2026-02-01T12:00:00Z" },
    });
    expect(requests).toBe(3);
    // Plain data: what is kept and compared is what JSON says.
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });

  it("never tries the twin of a tag that is not there", async () => {
    answersRepository();
    api().get(`${repo}/git/ref/tags%2F1.2.0`).reply(404, { message: "Not Found" });
    answersRef({ type: "commit", sha: commit });
    const { evidence } = await read("1.2.0");
    expect(evidence.tag).toEqual({ kind: "missing", reason: `The repository "${repository}" has no tag "1.2.0".` });
    expect(nock.pendingMocks()).toHaveLength(1);
  });

  it("takes the date of an annotated tag from its tagger, and asks no more for it", async () => {
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    answersTag("a1", { type: "commit", sha: commit }, { date: "2026-02-02T10:00:00Z" });
    const { evidence, requests } = await read();
    expect(evidence.tag).toMatchObject({ commit, publishedAt: "2026-02-02T10:00:00Z" });
    expect(requests).toBe(3);
  });

  it("follows a tag of a tag, in four requests, with the outer one's date", async () => {
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    answersTag("a1", { type: "tag", sha: "a2" }, { date: "2026-02-02T10:00:00Z" });
    answersTag("a2", { type: "commit", sha: commit }, { date: "2020-01-01T00:00:00Z" });
    const { evidence, requests } = await read();
    expect(evidence.tag).toMatchObject({ commit, publishedAt: "2026-02-02T10:00:00Z" });
    expect(requests).toBe(4);
  });

  it.each([null, undefined, {}])("asks the commit for its date where the tagger is %j", async (tagger) => {
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    answersTag("a1", { type: "commit", sha: commit }, tagger);
    answersCommit();
    const { evidence, requests } = await read();
    expect(evidence.tag).toMatchObject({ commit, publishedAt: "2026-02-01T12:00:00Z" });
    expect(requests).toBe(4);
  });

  it("does without a date rather than ask a fifth time", async () => {
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    answersTag("a1", { type: "tag", sha: "a2" }, null);
    answersTag("a2", { type: "commit", sha: commit }, null);
    const { evidence, requests } = await read();
    expect(evidence.tag).toMatchObject({ commit, publishedAt: null });
    expect(requests).toBe(4);
  });

  it.each(["+292277026596-12-04T15:30:08Z", "-0001-01-01T00:00:00Z", "2026-13-45T00:00:00Z", "", "soon", 5, null])(
    "takes %j for no date: git lets anybody write any",
    async (date) => {
      answersRepository();
      answersRef({ type: "commit", sha: commit });
      answersCommit(date);
      expect((await read()).evidence.tag).toMatchObject({ kind: "found", publishedAt: null });
    },
  );

  it("takes a date of the far future as it is said: nothing is decided by it", async () => {
    answersRepository();
    answersRef({ type: "commit", sha: commit });
    answersCommit("2999-01-01T00:00:00Z");
    expect((await read()).evidence.tag).toMatchObject({ publishedAt: "2999-01-01T00:00:00Z" });
  });

  it.each(["tree", "blob", "odd"])("takes a tag of a %s for no commit", async (type) => {
    answersRepository();
    answersRef({ type, sha: "t1" });
    const reason = 'The tag "v1.2.0" names no commit.';
    expect((await read()).evidence.tag).toEqual({ kind: "missing", reason });
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    answersTag("a1", { type, sha: "t1" }, { date: "2026-02-02T10:00:00Z" });
    expect((await read()).evidence.tag).toEqual({ kind: "missing", reason });
  });

  it("does not follow tags in a circle, or long chains of them", async () => {
    answersRepository();
    answersRef({ type: "tag", sha: "a1" });
    api()
      .get(`${repo}/git/tags/a1`)
      .times(10)
      .reply(200, { object: { type: "tag", sha: "a1" } });
    const { evidence, requests } = await read();
    expect(evidence.tag.kind).toBe("missing");
    expect(requests).toBeLessThanOrEqual(4);
  });

  it.each([
    "v1.2.0/../../../../user",
    "..",
    "v1.2.0\u0000",
    "v1 2",
    "v1.2.0~1",
    "v1.2.0^{commit}",
    "v1:2",
    "refs?x=1*",
    "a[b",
    "-v1",
    "/v1",
    "v1/",
    "v1.",
    "v1//2",
    "v1@{0}",
    "",
    "v".repeat(201),
  ])("asks nothing for %j, which no tag can be called", async (version) => {
    answersRepository();
    const { evidence, requests } = await read(version);
    expect(evidence.tag).toMatchObject({ kind: "missing", reason: expect.stringContaining("no name") });
    expect(requests).toBe(1);
  });

  it.each([500, 502, 401, 429])("%i is unavailable, never missing, in every request", async (status) => {
    const object = { type: "tag", sha: "a1" };
    const steps = [
      () => api().get(`${repo}/git/ref/tags%2Fv1.2.0`).times(2).reply(status, {}),
      () => {
        answersRef(object);
        api().get(`${repo}/git/tags/a1`).times(2).reply(status, {});
      },
      () => {
        answersRef({ type: "commit", sha: commit });
        api().get(`${repo}/git/commits/${commit}`).times(2).reply(status, {});
      },
    ];
    for (const step of steps) {
      answersRepository();
      step();
      expect((await read()).evidence.tag.kind).toBe("unavailable");
      nock.cleanAll();
    }
  });

  it("tells nothing of the tags of what is not there for the public", async () => {
    api().get(repo).reply(404, {});
    answersRef({ type: "commit", sha: commit });
    answersCommit();
    const { evidence } = await read();
    expect(evidence.repository.kind).toBe("missing");
    expect(evidence.tag).toEqual(evidence.repository);
  });
});

describe("listTags", () => {
  const names = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({ name: `v1.${from + index}.0`, commit: { sha: commit } }));
  const page = (number: number, tags: readonly object[]) =>
    api().get(`${repo}/tags?per_page=100&page=${number}`).reply(200, tags);

  it("reads page after page until one is not full", async () => {
    page(1, names(100));
    page(2, names(30, 100));
    const list = await upstream().listTags(repository);
    expect(list).toMatchObject({ kind: "found", complete: true });
    expect(list.kind === "found" && list.tags).toHaveLength(130);
    expect(list.kind === "found" && list.tags.at(-1)).toBe("v1.129.0");
  });

  it("gives no tags where there are none, and says where there is no repository", async () => {
    page(1, []);
    expect(await upstream().listTags(repository)).toEqual({ kind: "found", tags: [], complete: true });
    api().get(`${repo}/tags?per_page=100&page=1`).reply(404, {});
    expect((await upstream().listTags(repository)).kind).toBe("missing");
  });

  it("is unavailable as a whole when a later page is: a part is not all there is", async () => {
    page(1, names(100));
    api().get(`${repo}/tags?per_page=100&page=2`).times(2).reply(502, {});
    expect((await upstream().listTags(repository)).kind).toBe("unavailable");
  });

  it("ends after 3,000 tags, and says that there may be more", async () => {
    for (let number = 1; number <= 31; number += 1) page(number, names(100, number * 100));
    const list = await upstream().listTags(repository);
    expect(list).toMatchObject({ kind: "found", complete: false });
    expect(list.kind === "found" && list.tags).toHaveLength(3_000);
    expect(nock.pendingMocks()).toHaveLength(1);
  });
});
