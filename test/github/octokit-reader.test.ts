import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { octokitReader } from "../../src/github/octokit-reader.ts";

const apiUrl = "https://api.github.test";
const base = "/repos/example/registry";
const commit = "c".repeat(40);
const botId = 12345;

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

const github = () => nock(apiUrl);
const reader = (overrides: { appId?: string | null; botId?: number | null } = {}) => {
  const own = overrides.botId === undefined ? botId : overrides.botId;
  return octokitReader({
    client: createClient({ apiUrl, token: async () => null, writeSpacingMs: 0 }),
    repository: "example/registry",
    appId: overrides.appId === undefined ? "4711" : overrides.appId,
    botId: async () => own,
  });
};

const blob = (path: string, sha: string, mode = "100644") => ({ path, sha, mode, type: "blob", size: 10 });
const folder = (path: string, sha: string) => ({ path, sha, mode: "040000", type: "tree" });
const tree = (sha: string, entries: readonly object[], truncated = false) => ({ sha, truncated, tree: entries });

describe("listFiles", () => {
  it("lists a commit in one request, keeps it, and knows links and submodules by their mode", async () => {
    github()
      .get(`${base}/git/trees/${commit}?recursive=1`)
      .reply(
        200,
        tree("t1", [
          folder("providers", "t2"),
          blob("providers/acme/dns.json", "b1"),
          blob("providers/acme/link.json", "b2", "120000"),
          { path: "providers/acme/sub", sha: "s1", mode: "160000", type: "commit" },
          blob("providers-old/acme/dns.json", "b3"),
          blob("README.md", "b4"),
        ]),
      );
    const read = reader();
    const files = await read.listFiles(commit, ["providers", "keys"]);
    expect(files).toEqual([
      { path: "providers/acme/dns.json", mode: "100644", size: 10, id: "b1" },
      { path: "providers/acme/link.json", mode: "120000", size: 10, id: "b2" },
      { path: "providers/acme/sub", mode: "160000", size: 0, id: "s1" },
    ]);
    expect((await read.listFiles(commit, ["README.md"])).map(({ id }) => id)).toEqual(["b4"]);
  });

  it("walks down tree by tree when GitHub cuts the list, and finds the same", async () => {
    github()
      .get(`${base}/git/trees/${commit}?recursive=1`)
      .reply(200, tree("t1", [blob("providers/a.json", "b0")], true))
      .get(`${base}/git/trees/${commit}`)
      .times(5)
      .reply(200, tree("t1", [folder("providers", "t2"), folder(".github", "t3"), blob("README.md", "b4")]))
      .get(`${base}/git/trees/t2?recursive=1`)
      .reply(200, tree("t2", [folder("acme", "t4"), blob("acme/dns.json", "b1")]))
      .get(`${base}/git/trees/t3`)
      .times(2)
      .reply(200, tree("t3", [blob("registrar.yml", "b5"), folder("workflows", "t6")]));
    const files = await reader().listFiles(commit, [
      "providers",
      "keys",
      ".github/registrar.yml",
      ".github/none.yml",
      "README.md",
    ]);
    expect(files.map(({ path, id }) => [path, id])).toEqual([
      ["providers/acme/dns.json", "b1"],
      [".github/registrar.yml", "b5"],
      ["README.md", "b4"],
    ]);
  });

  it("says so when even one folder is too large, instead of judging a part", async () => {
    github()
      .get(`${base}/git/trees/${commit}?recursive=1`)
      .reply(200, tree("t1", [], true))
      .get(`${base}/git/trees/${commit}`)
      .reply(200, tree("t1", [folder("providers", "t2")]))
      .get(`${base}/git/trees/t2?recursive=1`)
      .reply(200, tree("t2", [], true));
    await expect(reader().listFiles(commit, ["providers"])).rejects.toMatchObject({
      code: "github-invalid",
      message: expect.stringContaining('"providers" is too large'),
    });
  });
});

describe("compare", () => {
  const history = { commits: [{ parents: [{ sha: "m" }] }], total_commits: 1 };
  const comparison = (count: number) => ({
    ...history,
    base_commit: { sha: "b".repeat(40) },
    merge_base_commit: { sha: "m".repeat(40) },
    files: Array.from({ length: count }, (_, index) => ({ filename: `providers/acme/p${index}.json` })),
  });

  it.each([
    [299, true],
    [300, false],
  ])("with %i files the list is complete: %s", async (count, complete) => {
    github().get(`${base}/compare/main...${commit}`).query(true).reply(200, comparison(count));
    const changed = await reader().compare("main", commit);
    expect(changed).toMatchObject({ base: "b".repeat(40), mergeBase: "m".repeat(40), complete });
    expect(changed.files).toHaveLength(count);
  });

  it("names a renamed file by both names", async () => {
    github()
      .get(`${base}/compare/main...${commit}`)
      .query(true)
      .reply(200, {
        ...history,
        base_commit: { sha: "b" },
        merge_base_commit: { sha: "m" },
        files: [{ filename: "new.json", previous_filename: "old.json" }],
      });
    expect((await reader().compare("main", commit)).files).toEqual([{ path: "new.json", previousPath: "old.json" }]);
  });

  it.each([
    ["one line of commits", [["a"], ["b"]], 2, true],
    ["a merge in it", [["a"], ["b", "c"]], 2, false],
    ["more commits than are listed", [["a"]], 2, false],
  ])("with %s is linear: %s", async (_what, parents, total_commits, linear) => {
    const commits = parents.map((shas) => ({ parents: shas.map((sha) => ({ sha })) }));
    github()
      .get(`${base}/compare/main...${commit}`)
      .query(true)
      .reply(200, { commits, total_commits, base_commit: { sha: "b" }, merge_base_commit: { sha: "m" }, files: [] });
    expect((await reader().compare("main", commit)).linear).toBe(linear);
  });

  it("takes a comparison without a list of files for one without changes", async () => {
    github()
      .get(`${base}/compare/main...${commit}`)
      .query(true)
      .reply(200, { ...history, base_commit: { sha: "b" }, merge_base_commit: { sha: "m" } });
    expect((await reader().compare("main", commit)).files).toEqual([]);
  });
});

const pullRequest = {
  number: 7,
  title: "Add",
  html_url: "https://github.test/example/registry/pull/7",
  state: "open",
  merged: false,
  draft: false,
  mergeable: null,
  changed_files: 1,
  labels: [{ name: "registrar: author" }, { name: "Help wanted" }],
  head: { sha: commit, ref: "change", repo: { id: 55 } },
  base: { ref: "main" },
  user: { id: 9, login: "carl" },
};

describe("readPullRequest", () => {
  it("reads what is judged of one", async () => {
    github().get(`${base}/pulls/7`).reply(200, pullRequest);
    expect(await reader().readPullRequest(7)).toMatchObject({
      number: 7,
      headSha: commit,
      headRepositoryId: 55,
      author: { id: 9, login: "carl" },
      mergeable: null,
      labels: ["registrar: author", "Help wanted"],
      state: "open",
    });
  });

  it("bears a fork that is gone and an author whose account is gone", async () => {
    github()
      .get(`${base}/pulls/7`)
      .reply(200, { ...pullRequest, user: null, head: { ...pullRequest.head, repo: null } });
    expect(await reader().readPullRequest(7)).toMatchObject({
      headRepositoryId: null,
      author: { id: 0, login: "ghost" },
    });
  });

  it("says which pull request and where, when there is none", async () => {
    github().get(`${base}/pulls/7`).reply(404, { message: "Not Found" });
    await expect(reader().readPullRequest(7)).rejects.toMatchObject({
      code: "github-missing",
      message: expect.stringContaining("no pull request 7 in example/registry"),
    });
  });
});

describe("findPullRequest", () => {
  const from = (number: number, repo: { id: number } | null) => ({
    ...{ ...pullRequest, number, merged: undefined },
    head: { ...pullRequest.head, repo },
    base: { ...pullRequest.base, repo: { id: 11 } },
  });

  it("looks for one from our own branch, not from a fork's of the same name", async () => {
    github()
      .get(`${base}/pulls`)
      .query({ state: "open", head: "example:registrar/bump/x", per_page: 100 })
      // A fork within our own organisation answers to the same name.
      .reply(200, [from(8, { id: 12 }), from(9, null), from(7, { id: 11 })]);
    expect((await reader().findPullRequest("registrar/bump/x", "open"))?.number).toBe(7);
  });

  it("is null when there is none", async () => {
    github().get(`${base}/pulls`).query(true).reply(200, []);
    expect(await reader().findPullRequest("registrar/bump/x", "all")).toBeNull();
  });
});

describe("findBranchTip", () => {
  it("is null for a branch that is not there, and only then", async () => {
    github()
      .get(`${base}/git/ref/heads%2Fgone`)
      .reply(404, { message: "Not Found" })
      .get(`${base}/git/ref/heads%2Fhost`)
      .reply(403, { message: "Resource not accessible by integration" });
    expect(await reader().findBranchTip("gone")).toBeNull();
    await expect(reader().findBranchTip("host")).rejects.toMatchObject({ code: "github-forbidden" });
  });
});

describe("findCheckRun", () => {
  const run = {
    id: 3,
    head_sha: commit,
    status: "completed",
    conclusion: "success",
    external_id: "7:digest",
    output: { title: "Verified", summary: "All well" },
  };

  it("asks for ours alone: any app may write a check run of any name", async () => {
    github()
      .get(`${base}/commits/${commit}/check-runs`)
      .query({ check_name: "registrar", filter: "all", per_page: 100, app_id: 4711 })
      .reply(200, { total_count: 2, check_runs: [{ ...run, id: 2, conclusion: "failure" }, run] });
    expect(await reader().findCheckRun(commit)).toMatchObject({
      id: 3,
      status: "completed",
      conclusion: "success",
      externalId: "7:digest",
      title: "Verified",
      summary: "All well",
    });
  });

  it.each(["queued", "in_progress", "waiting", "requested", "pending"])(
    "takes %s for not completed",
    async (status) => {
      github()
        .get(`${base}/commits/${commit}/check-runs`)
        .query(true)
        .reply(200, {
          check_runs: [{ ...run, status, conclusion: null, external_id: null, output: { title: null, summary: null } }],
        });
      expect(await reader().findCheckRun(commit)).toMatchObject({
        status: "in_progress",
        conclusion: null,
        externalId: "",
        title: "",
        summary: "",
      });
    },
  );

  it("is null without a run, and without app credentials even unasked", async () => {
    github().get(`${base}/commits/${commit}/check-runs`).query(true).reply(200, { check_runs: [] });
    expect(await reader().findCheckRun(commit)).toBeNull();
    expect(await reader({ appId: null }).findCheckRun(commit)).toBeNull();
  });
});

describe("findComment", () => {
  const marker = "<!-- registrar:comment -->";
  const comment = (id: number, user: number | null, body: string | null) => ({
    id,
    body,
    user: user === null ? null : { id: user },
  });

  it("ignores the marker in others' comments and one of ours that merely quotes it", async () => {
    github()
      .get(`${base}/issues/7/comments?per_page=100`)
      .reply(200, [
        comment(1, 9, `${marker}\nEverything is fine, merge it.`),
        comment(2, null, `${marker}\nBy nobody`),
        comment(3, botId, `> ${marker}`),
        comment(4, botId, null),
        comment(5, botId, `${marker}\nOurs`),
        comment(6, botId, `${marker}\nA later one`),
      ]);
    expect(await reader().findComment(7, marker)).toEqual({ id: 5, body: `${marker}\nOurs` });
  });

  it("reads all pages", async () => {
    const page = Array.from({ length: 100 }, (_, index) => comment(index, 9, "Hello"));
    github()
      .get(`${base}/issues/7/comments?per_page=100`)
      .reply(200, page, { link: `<${apiUrl}${base}/issues/7/comments?per_page=100&page=2>; rel="next"` })
      .get(`${base}/issues/7/comments?per_page=100&page=2`)
      .reply(200, [comment(500, botId, marker)]);
    expect((await reader().findComment(7, marker))?.id).toBe(500);
  });

  it("is null where nobody is us", async () => {
    expect(await reader({ botId: null }).findComment(7, marker)).toBeNull();
  });
});

describe("listReviews", () => {
  it("says who reviewed which commit, and bears accounts and commits that are gone", async () => {
    const submitted_at = "2026-01-01T00:00:00Z";
    github()
      .get(`${base}/pulls/7/reviews?per_page=100`)
      .reply(200, [
        { user: { id: 9, login: "mia", type: "User" }, commit_id: commit, state: "APPROVED", body: "", submitted_at },
        { user: { id: botId, login: "r[bot]", type: "Bot" }, commit_id: null, state: "COMMENTED", body: "See" },
        { user: null, commit_id: commit, state: "APPROVED", body: "", submitted_at },
      ]);
    expect(await reader().listReviews(7)).toEqual([
      {
        reviewer: { id: 9, login: "mia", isBot: false },
        state: "APPROVED",
        body: "",
        headSha: commit,
        submittedAt: submitted_at,
      },
      {
        reviewer: { id: botId, login: "r[bot]", isBot: true },
        state: "COMMENTED",
        body: "See",
        headSha: null,
        submittedAt: "",
      },
      // Nobody in particular is no person whose approval counts.
      {
        reviewer: { id: 0, login: "ghost", isBot: true },
        state: "APPROVED",
        body: "",
        headSha: commit,
        submittedAt: submitted_at,
      },
    ]);
  });
});

describe("maintains", () => {
  it.each([
    ["admin", "admin", 9, true],
    ["maintain, which the old field calls write", "maintain", 9, true],
    ["write", "write", 9, false],
    ["a role of the organisation's own", "release-manager", 9, false],
    ["none", "none", 9, false],
    ["admin, but the login belongs to somebody else by now", "admin", 10, false],
  ])("%s", async (_what, role_name, id, expected) => {
    github()
      .get(`${base}/collaborators/mia/permission`)
      .reply(200, { permission: "write", role_name, user: { id, login: "mia" } });
    expect(await reader().maintains("mia", 9)).toBe(expected);
  });

  it("nobody's account is gone: no", async () => {
    github().get(`${base}/collaborators/mia/permission`).reply(404, { message: "mia is not a user" });
    expect(await reader().maintains("mia", 9)).toBe(false);
  });

  it("is unknown, not no, when GitHub does not say", async () => {
    github().get(`${base}/collaborators/mia/permission`).times(2).reply(502, { message: "Unicorn" });
    await expect(reader().maintains("mia", 9)).rejects.toMatchObject({ code: "github-unavailable" });
  });
});

describe("readCommitPeople", () => {
  it("leaves out who has no account", async () => {
    github()
      .get(`${base}/commits/${commit}`)
      .reply(200, { author: null, committer: { id: 9 } });
    expect(await reader().readCommitPeople(commit)).toEqual([9]);
  });
});

describe("readBlob", () => {
  const content = Buffer.from("{}\n").toString("base64");

  it("reads a blob once", async () => {
    github().get(`${base}/git/blobs/b1`).reply(200, { sha: "b1", size: 3, encoding: "base64", content });
    const read = reader();
    const [first] = await Promise.all([read.readBlob("b1", 10), read.readBlob("b1", 10)]);
    expect(Buffer.from(first).toString()).toBe("{}\n");
    expect(await read.readBlob("b1", 10)).toEqual(first);
  });

  it("refuses one that is larger than asked for", async () => {
    github().get(`${base}/git/blobs/b1`).reply(200, { sha: "b1", size: 3, encoding: "base64", content });
    await expect(reader().readBlob("b1", 2)).rejects.toMatchObject({
      code: "github-invalid",
      message: "The blob b1 has 3 bytes; at most 2.",
    });
  });
});

describe("readIdentity", () => {
  const repository = { id: 1, full_name: "example/registry", default_branch: "main", delete_branch_on_merge: true };

  it("is read once for callers side by side", async () => {
    github().get(base).reply(200, repository);
    const read = reader();
    const [identity] = await Promise.all([read.readIdentity(), read.readIdentity()]);
    expect(identity).toEqual({
      repositoryId: 1,
      fullName: "example/registry",
      defaultBranch: "main",
      deletesMergedBranches: true,
      botId,
    });
    expect(await read.readIdentity()).toEqual(identity);
  });

  it("is read again after a failure", async () => {
    github().get(base).reply(404, { message: "Not Found" }).get(base).reply(200, repository);
    const read = reader();
    await expect(read.readIdentity()).rejects.toMatchObject({ code: "github-missing" });
    expect((await read.readIdentity()).defaultBranch).toBe("main");
  });
});
