import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { octokitWriter } from "../../src/github/octokit-writer.ts";
import type { CheckRun } from "../../src/github/port.ts";

const apiUrl = "https://api.github.test";
const base = "/repos/example/registry";
const head = "c".repeat(40);

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

const github = () => nock(apiUrl);
const writer = () =>
  octokitWriter({
    client: createClient({ apiUrl, token: async () => null, writeSpacingMs: 0 }),
    repository: "example/registry",
  });

/** Answers one request and keeps what was sent. */
function takes<T>(method: "POST" | "PATCH" | "PUT", path: string, reply: object = {}) {
  const sent: T[] = [];
  const scope = github();
  scope.on("request", (_request, _interceptor, body) => sent.push(JSON.parse(body) as T));
  if (method === "POST") scope.post(`${base}${path}`).reply(201, reply);
  else if (method === "PUT") scope.put(`${base}${path}`).reply(200, reply);
  else scope.patch(`${base}${path}`).reply(200, reply);
  return sent;
}

const run: CheckRun = {
  headSha: head,
  status: "completed",
  conclusion: "failure",
  title: "acme/dns 1.2.0 cannot be merged as it is",
  summary: "See",
  externalId: "7:digest",
  startedAt: "2026-01-01T00:00:00Z",
  annotations: [],
};

const annotation = (line: number, message = "Wrong") => ({
  path: "providers/acme/dns.json",
  line,
  level: "failure" as const,
  title: "record-matches-release",
  message,
});

interface SentRun {
  readonly name?: string;
  readonly conclusion?: string;
  readonly external_id: string;
  readonly output: {
    readonly summary: string;
    readonly annotations: readonly {
      readonly message: string;
      readonly start_line: number;
      readonly end_line: number;
    }[];
  };
}

describe("createCheckRun", () => {
  it("says what it says, on the line", async () => {
    const sent = takes<SentRun>("POST", "/check-runs");
    await writer().createCheckRun({ ...run, annotations: [annotation(3)] });
    expect(sent).toMatchObject([
      {
        name: "registrar",
        head_sha: head,
        status: "completed",
        conclusion: "failure",
        external_id: "7:digest",
        output: { title: run.title, annotations: [{ start_line: 3, end_line: 3, annotation_level: "failure" }] },
      },
    ]);
  });

  it("has no conclusion while it is in progress: GitHub would take it for completed", async () => {
    const sent = takes<SentRun>("POST", "/check-runs");
    await writer().createCheckRun({ ...run, status: "in_progress", conclusion: null });
    expect(sent[0]).not.toHaveProperty("conclusion");
  });

  it("sends 50 annotations at once, as many as GitHub takes, and cuts long ones", async () => {
    const created = takes<SentRun>("POST", "/check-runs", { id: 3 });
    const updated = [takes<SentRun>("PATCH", "/check-runs/3"), takes<SentRun>("PATCH", "/check-runs/3")];
    const annotations = Array.from({ length: 110 }, (_, index) => annotation(index + 1, "x".repeat(20_000)));
    await writer().createCheckRun({ ...run, annotations });
    const [first] = created[0]?.output.annotations ?? [];
    expect(first?.message).toHaveLength(16_000);
    const sent = [...created, ...updated.flat()];
    expect(sent.map(({ output }) => output.annotations.length)).toEqual([50, 50, 10]);
    expect(sent.flatMap(({ output }) => output.annotations.map((one) => one.start_line))).toEqual(
      annotations.map(({ line }) => line),
    );
    // A run that is cut off in between has no conclusion, so it is not taken for the whole.
    expect(sent.map(({ conclusion = null }) => conclusion)).toEqual([null, null, "failure"]);
    expect(sent.map(({ external_id }) => external_id)).toEqual(Array(3).fill("7:digest"));
  });

  it.each(["", "a"])("cuts a long summary and says so, never in the middle of a character", async (odd) => {
    const sent = takes<SentRun>("POST", "/check-runs");
    await writer().createCheckRun({ ...run, summary: `${odd}${"🎉".repeat(50_000)}` });
    const summary = sent[0]?.output.summary ?? "";
    expect(summary.length).toBeLessThanOrEqual(65_535);
    expect(summary.length).toBeGreaterThan(65_000);
    expect(summary).toMatch(/… cut; 10000[01] characters in all\.$/);
    expect(summary.isWellFormed()).toBe(true);
  });
});

describe("updateCheckRun", () => {
  it("sends no annotations: GitHub would add them to those that are there", async () => {
    const sent = takes<SentRun>("PATCH", "/check-runs/3");
    await writer().updateCheckRun(3, { ...run, annotations: [annotation(3)] });
    expect(sent[0]?.output.annotations).toEqual([]);
    expect(sent[0]?.external_id).toBe("7:digest");
  });
});

describe("comments", () => {
  it("are cut where GitHub would refuse them", async () => {
    const created = takes<{ body: string }>("POST", "/issues/7/comments");
    const updated = takes<{ body: string }>("PATCH", "/issues/comments/5");
    await writer().createComment(7, "y".repeat(70_000));
    await writer().updateComment(5, "y".repeat(70_000));
    for (const { body } of [...created, ...updated]) expect(body).toHaveLength(65_535);
  });
});

describe("createReview", () => {
  const review = {
    number: 7,
    headSha: head,
    event: "COMMENT" as const,
    body: "See the lines below.",
    comments: [{ path: "providers/acme/dns.json", line: 3, body: "Wrong" }],
  };

  it("names the commit that was judged", async () => {
    const sent = takes("POST", "/pulls/7/reviews");
    await writer().createReview(review);
    expect(sent).toEqual([
      {
        commit_id: head,
        event: "COMMENT",
        body: review.body,
        comments: [{ path: "providers/acme/dns.json", line: 3, side: "RIGHT", body: "Wrong" }],
      },
    ]);
  });

  it("goes without its lines where GitHub does not show them", async () => {
    github()
      .post(`${base}/pulls/7/reviews`)
      .reply(422, { message: "Unprocessable Entity", errors: ["Line could not be resolved"] });
    const sent = takes<{ comments: unknown[]; body: string }>("POST", "/pulls/7/reviews");
    await writer().createReview(review);
    expect(sent).toMatchObject([{ comments: [], body: review.body }]);
  });

  it("does not try twice what has no lines, nor what fails otherwise", async () => {
    github()
      .post(`${base}/pulls/7/reviews`)
      .reply(422, { message: "Can not approve your own pull request" })
      .post(`${base}/pulls/7/reviews`)
      .reply(403, { message: "Resource not accessible by integration" });
    await expect(writer().createReview({ ...review, event: "APPROVE", comments: [] })).rejects.toMatchObject({
      code: "github-invalid",
      message: expect.stringContaining("reviewing pull request 7 in example/registry"),
    });
    await expect(writer().createReview(review)).rejects.toMatchObject({ code: "github-forbidden" });
  });
});

describe("merge", () => {
  const wish = { number: 7, headSha: head, method: "merge" as const, title: "acme/dns 1.2.0 (#7)" };

  it("is pinned to the head", async () => {
    const sent = takes("PUT", "/pulls/7/merge", { sha: "m".repeat(40), merged: true });
    expect(await writer().merge(wish)).toBe("m".repeat(40));
    expect(sent).toEqual([
      { sha: head, merge_method: "merge", commit_title: wish.title, commit_message: `Verified at ${head}.` },
    ]);
  });

  it.each([
    [409, "Head branch was modified. Review and try the merge again.", "head-moved", "contributor", /no longer c{40}/],
    [405, "Base branch was modified. Review and try the merge again.", "github-conflict", "us", /judged again/],
    [
      405,
      "Pull Request is not mergeable",
      "not-mergeable",
      "operator",
      /"Pull Request is not mergeable.*Check the rulesets/,
    ],
    [405, "Pull Request is still a draft", "not-mergeable", "operator", /still a draft/],
    [
      405,
      'Repository rule violations found\n\nRequired status check "registrar" is expected.\n\n',
      "not-mergeable",
      "operator",
      /is expected\.\\n\\n.*this app as its source/,
    ],
    [405, "Squash merges are not allowed on this repository.", "not-mergeable", "operator", /Squash merges/],
    [405, "Something new of GitHub's", "not-mergeable", "operator", /Something new/],
    [403, "Resource not accessible by integration", "github-forbidden", "operator", /permissions/],
    [404, "Not Found", "github-missing", "operator", /merging pull request 7 in example\/registry/],
    [422, "Validation Failed", "github-invalid", "us", /merging pull request 7 in example\/registry/],
    [502, "Unicorn", "github-unavailable", "upstream", /tried again/],
  ])("%i %j means %s", async (status, message, code, family, said) => {
    github().put(`${base}/pulls/7/merge`).reply(status, { message });
    await expect(writer().merge(wish)).rejects.toMatchObject({ code, family, message: expect.stringMatching(said) });
  });
});

describe("writeBranch", () => {
  const branch = "registrar/bump/provider/acme/dns";
  const ref = `heads%2F${branch.replaceAll("/", "%2F")}`;
  const tip = "b".repeat(40);
  const file = { path: "providers/acme/dns.json", text: '{"versions":[]}\n', previousId: "f".repeat(40) };
  const wish = { branch, base: tip, message: "Add acme/dns 1.2.0", files: [file] };
  const content = Buffer.from(file.text).toString("base64");

  it("makes a new branch with two writes", async () => {
    github().get(`${base}/git/ref/${ref}`).reply(404, { message: "Not Found" });
    const made = takes("POST", "/git/refs");
    const put = takes("PUT", "/contents/providers%2Facme%2Fdns.json", { commit: { sha: head } });
    expect(await writer().writeBranch(wish)).toBe(head);
    expect(made).toEqual([{ ref: `refs/heads/${branch}`, sha: tip }]);
    expect(put).toEqual([{ message: wish.message, branch, content, sha: file.previousId }]);
  });

  it("says no earlier content for a file that is new", async () => {
    github().get(`${base}/git/ref/${ref}`).reply(404, { message: "Not Found" });
    takes("POST", "/git/refs");
    const put = takes("PUT", "/contents/providers%2Facme%2Fdns.json", { commit: { sha: head } });
    await writer().writeBranch({ ...wish, files: [{ ...file, previousId: null }] });
    expect(put[0]).not.toHaveProperty("sha");
  });

  it("moves an existing branch in one step, by force and from the base: as after a commit that failed", async () => {
    github()
      .get(`${base}/git/ref/${ref}`)
      .reply(200, { object: { sha: tip } });
    const tree = takes("POST", "/git/trees", { sha: "t".repeat(40) });
    const commit = takes("POST", "/git/commits", { sha: head });
    const moved = takes("PATCH", `/git/refs/${ref}`);
    expect(await writer().writeBranch(wish)).toBe(head);
    expect(tree).toEqual([
      { base_tree: tip, tree: [{ path: file.path, mode: "100644", type: "blob", content: file.text }] },
    ]);
    expect(commit).toEqual([{ message: wish.message, tree: "t".repeat(40), parents: [tip] }]);
    expect(moved).toEqual([{ sha: head, force: true }]);
  });

  it("puts several files into one commit", async () => {
    github().get(`${base}/git/ref/${ref}`).reply(404, { message: "Not Found" });
    const tree = takes<{ tree: unknown[] }>("POST", "/git/trees", { sha: "t".repeat(40) });
    takes("POST", "/git/commits", { sha: head });
    const made = takes("POST", "/git/refs");
    await writer().writeBranch({ ...wish, files: [file, { ...file, path: "providers/acme/other.json" }] });
    expect(tree[0]?.tree).toHaveLength(2);
    expect(made).toEqual([{ ref: `refs/heads/${branch}`, sha: head }]);
  });

  it("says at which step it failed", async () => {
    github()
      .get(`${base}/git/ref/${ref}`)
      .reply(404, { message: "Not Found" })
      .post(`${base}/git/refs`)
      .reply(201, {})
      .put(`${base}/contents/providers%2Facme%2Fdns.json`)
      .reply(409, { message: "is at x but expected y" });
    await expect(writer().writeBranch(wish)).rejects.toMatchObject({
      code: "github-conflict",
      message: expect.stringContaining(`committing to "${branch}" in example/registry`),
    });
  });
});

describe("openPullRequest", () => {
  it("lets nobody else push to its branch", async () => {
    const sent = takes("POST", "/pulls", { number: 8 });
    const number = await writer().openPullRequest({ branch: "a", base: "main", title: "T", body: "B" });
    expect(number).toBe(8);
    expect(sent).toEqual([{ head: "a", base: "main", title: "T", body: "B", maintainer_can_modify: false }]);
  });
});

describe("deleteBranch", () => {
  it.each([404, 422])("does not mind (%i) that somebody was faster", async (status) => {
    github().delete(`${base}/git/refs/heads%2Fa`).reply(status, { message: "Reference does not exist" });
    await writer().deleteBranch("a");
  });

  it("minds everything else", async () => {
    const refusals = [
      [403, "Resource not accessible by integration", "github-forbidden"],
      [422, "Repository rule violations found\n\nCannot delete this protected ref.", "github-invalid"],
    ] as const;
    for (const [status, message, code] of refusals) {
      github().delete(`${base}/git/refs/heads%2Fa`).reply(status, { message });
      await expect(writer().deleteBranch("a")).rejects.toMatchObject({ code });
    }
  });
});

describe("changeLabels", () => {
  const author = { name: "registrar: author", color: "d93f0b", description: "Somebody's turn." };
  const path = `${base}/labels/registrar%3A%20author`;
  const change = (
    of: ReturnType<typeof writer>,
    labels: readonly string[],
    more: Partial<Parameters<typeof of.changeLabels>[0]>,
  ) => of.changeLabels({ number: 7, labels, add: null, remove: [], ...more });

  it("adds one without touching the others, and makes it first where the repository has none", async () => {
    github().get(path).reply(404, {});
    const made = takes<object>("POST", "/labels");
    const added = takes<object>("POST", "/issues/7/labels");
    const of = writer();
    await change(of, ["mine"], { add: author });
    expect(made).toEqual([author]);
    expect(added).toEqual([{ labels: [author.name] }]);
    // Known by now.
    const again = takes<object>("POST", "/issues/7/labels");
    await change(of, [], { add: author });
    expect(again).toHaveLength(1);
  });

  it("does not mind that somebody else made it in the same moment", async () => {
    github().get(path).reply(404, {});
    github().post(`${base}/labels`).reply(422, { message: "Validation Failed" });
    const added = takes<object>("POST", "/issues/7/labels");
    await change(writer(), [], { add: author });
    expect(added).toHaveLength(1);
  });

  it("puts one in place of another in one step, and keeps everybody else's", async () => {
    github().get(path).reply(200, {});
    const set = takes<object>("PUT", "/issues/7/labels");
    await change(writer(), ["mine", "registrar: waiting"], { add: author, remove: ["registrar: waiting"] });
    expect(set).toEqual([{ labels: ["mine", author.name] }]);
  });

  it("takes one off, also when somebody was faster", async () => {
    for (const status of [200, 404]) {
      github().delete(`${base}/issues/7/labels/registrar%3A%20author`).reply(status, []);
      await change(writer(), ["mine", author.name], { remove: [author.name] });
    }
  });

  it("says what it was doing when GitHub refuses", async () => {
    github().get(path).reply(200, {});
    github().post(`${base}/issues/7/labels`).reply(403, { message: "Resource not accessible by integration" });
    await expect(change(writer(), [], { add: author })).rejects.toMatchObject({
      code: "github-forbidden",
      message: expect.stringContaining("labelling pull request 7"),
    });
  });
});
