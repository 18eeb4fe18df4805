import { describe, expect, it } from "vitest";
import type { Author } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

type Entry = Record<string, unknown>;
interface RecordJson {
  readonly versions: Entry[];
}

const path = "providers/acme/dns.json";
const configuration = ".github/registrar.yml";

const dnsOf = ({ authors }: TaskStage): Author => {
  const dns = authors.find(({ provider }) => provider.path === path);
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
};

async function readRecord(stage: TaskStage, ref = "main"): Promise<RecordJson> {
  const { content } = await stage.get<{ content: string }>(`contents/${path}?ref=${ref}`);
  return JSON.parse(Buffer.from(content, "base64").toString()) as RecordJson;
}

const print = (record: RecordJson) => `${JSON.stringify(record, null, 2)}\n`;

/** A pull request that adds one released version by hand, changed as the test likes. */
async function proposeVersion(
  stage: TaskStage,
  wish: { version?: string; change?: (entry: Entry) => Entry; draft?: boolean; base?: string } = {},
) {
  const { version = "1.2.0", change = (entry: Entry) => entry } = wish;
  const published = new Date(Date.now() - 60_000).toISOString();
  const { entry } = await dnsOf(stage).cutRelease({ version, published });
  const record = await readRecord(stage);
  record.versions.unshift(change(entry));
  return propose(stage, {
    branch: `add-${version}`,
    files: { [path]: print(record) },
    ...(wish.draft === undefined ? {} : { draft: wish.draft }),
    ...(wish.base === undefined ? {} : { base: wish.base }),
  });
}

const wrongHash = (entry: Entry): Entry => ({
  ...entry,
  targets: (entry.targets as Entry[]).map((target) => ({ ...target, shasum: "0123456789abcdef".repeat(4) })),
});

async function review(stage: TaskStage, number: number) {
  const outcome = await reviewPullRequest(stage.context, number);
  if (outcome === null) throw new Error("The pull request is closed.");
  return outcome;
}

describe("a right pull request", () => {
  it("is checked, approved and merged, and the merge holds just what was judged", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage);
    const outcome = await review(stage, number);
    expect(outcome).toMatchObject({ merged: true, done: ["check-run", "review", "merge"], lookAgain: null });
    expect(stage.writes()).toEqual([
      "POST /repos/{owner}/{repo}/check-runs",
      "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
      "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
    ]);
    expect(await stage.get(`pulls/${number}`)).toMatchObject({ state: "closed", merged: true });
    expect(await readRecord(stage)).toEqual(await readRecord(stage, headSha));
    // Whoever comes again finds nothing to do.
    expect(await reviewPullRequest(stage.context, number)).toBeNull();
    expect(stage.writes()).toEqual([]);
  });

  it("in a dry run says what it would do and writes nothing", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage);
    const outcome = await reviewPullRequest({ ...stage.context, dryRun: true }, number);
    expect(outcome).toMatchObject({ merged: false, done: ["check-run", "review", "merge"] });
    expect(stage.writes()).toEqual([]);
    expect(await stage.checkRuns(headSha)).toEqual([]);
  });

  it("as a draft is checked and waits to be marked as ready", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage, { draft: true });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "ready", because: "draft" } });
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "success" }]);
    expect(await stage.comments(number)).toEqual([
      expect.stringMatching(/this is a draft[\s\S]*mark this pull request as ready/),
    ]);
    await stage.sandbox.as(people.maintainer).setDraft({ repository: registryRepository, number, draft: false });
    expect((await review(stage, number)).merged).toBe(true);
  });

  it("while merging is paused is checked and not merged, and merged when it no longer is", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage);
    await pushToMain(stage, { [configuration]: "paused: true\npolicy:\n  settle: 0s\n" });
    expect(await review(stage, number)).toMatchObject({
      merged: false,
      decision: { kind: "ready", because: "paused" },
    });
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "success" }]);
    expect(await stage.comments(number)).toEqual([
      expect.stringContaining("`paused` is set in the registry's configuration"),
    ]);
    await pushToMain(stage, { [configuration]: "policy:\n  settle: 0s\n" });
    expect((await review(stage, number)).merged).toBe(true);
  });
});

describe("a wrong pull request", () => {
  it("gets one check, one comment and one review, and a second look writes nothing", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage, { change: wrongHash });
    expect(await review(stage, number)).toMatchObject({
      merged: false,
      done: ["check-run", "comment", "review", "label"],
    });
    expect(stage.writes()).toEqual([
      "POST /repos/{owner}/{repo}/check-runs",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
      // Once in a registry's life.
      "POST /repos/{owner}/{repo}/labels",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    ]);
    for (let again = 0; again < 2; again += 1) expect((await review(stage, number)).done).toEqual([]);
    expect(stage.writes()).toEqual([]);
    expect(await stage.checkRuns(headSha)).toMatchObject([{ status: "completed", conclusion: "failure" }]);
    const [comment] = await stage.comments(number);
    expect(comment).toMatch(/What is wrong[\s\S]*record-matches-release[\s\S]*What to do[\s\S]*Who is next/);
  });

  it("is judged anew when its author has mended it: the comment is edited, not doubled", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage, { change: wrongHash });
    await review(stage, number);
    const record = await readRecord(stage);
    const right = (await dnsOf(stage).cutRelease({ version: "1.3.0", published: "2026-01-01T00:00:00Z" })).entry;
    record.versions.unshift(right);
    const mended = await stage.sandbox.as(people.maintainer).commit({
      repository: registryRepository,
      branch: "add-1.2.0",
      files: { [path]: print(record) },
      message: "Mend",
    });
    stage.writes();
    expect((await review(stage, number)).merged).toBe(true);
    expect(await stage.comments(number)).toHaveLength(1);
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "failure" }]);
    expect(await stage.checkRuns(mended)).toMatchObject([{ conclusion: "success" }]);
  });

  it.each([
    ["text that is no JSON", "{", /is not JSON/],
    ["a byte order mark", `\uFEFF{"versions":[]}`, /byte order mark/],
    ["a key twice", '{"versions":[],"versions":[]}', /occurs twice/],
    ["a list", "[]", /record/i],
    ["no versions", '{"versions":[]}', /version/],
    ["bytes that are no text", "\uFFFD", /UTF-8/],
  ])("whose record has %s fails and says so", async (_what, text, said) => {
    const stage = await aTaskStage();
    const { number, headSha } = await propose(stage, { branch: "broken", files: { [path]: text } });
    expect((await review(stage, number)).verdict.outcome).toBe("fail");
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "failure" }]);
    const [comment] = await stage.comments(number);
    expect(comment).toMatch(said);
    expect(comment).toContain("The contributor of this pull request");
    expect((await review(stage, number)).done).toEqual([]);
  });

  it.each([
    ["100755", "{}"],
    ["120000", "../../README.md"],
  ] as const)("whose record has the mode %s fails: only plain files are taken", async (mode, text) => {
    const stage = await aTaskStage();
    const content = mode === "100755" ? print(await readRecord(stage)) : text;
    const { number, headSha } = await propose(stage, { branch: "odd", odd: [{ path, mode, text: content }] });
    expect((await review(stage, number)).verdict.outcome).toBe("fail");
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "failure" }]);
    expect((await stage.comments(number))[0]).toContain(`no regular file (git mode ${mode}, not 100644)`);
  });

  it("that touches the registry and other files is told to be split", async () => {
    const stage = await aTaskStage();
    const record = await readRecord(stage);
    const files = { [path]: print({ ...record, versions: record.versions.slice(1) }), "README.md": "# Other\n" };
    const { number } = await propose(stage, { branch: "both", files });
    const { decision } = await review(stage, number);
    expect(decision.kind).toBe("blocked");
    expect((await stage.comments(number))[0]).toContain("pull request of their own");
  });
});

describe("a pull request that is not ours", () => {
  it("for it touches nothing of the registry: the check says so, nothing else is written, and it is never merged", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await propose(stage, { branch: "readme", files: { "README.md": "# New\n" } });
    expect(await review(stage, number)).toMatchObject({ done: ["check-run"], merged: false });
    expect(stage.writes()).toEqual(["POST /repos/{owner}/{repo}/check-runs"]);
    expect(await stage.checkRuns(headSha)).toMatchObject([
      { conclusion: "success", output: { title: "Not a change of the registry" } },
    ]);
    expect((await review(stage, number)).done).toEqual([]);
    expect(await stage.get(`pulls/${number}`)).toMatchObject({ state: "open", merged: false });
  });

  it("for it goes to another branch: never merged, and its check opens no door to the default branch", async () => {
    const stage = await aTaskStage();
    const mia = stage.sandbox.as(people.maintainer);
    await mia.commit({ repository: registryRepository, branch: "next", from: "main", files: { x: "x" }, message: "x" });
    const { number, headSha } = await proposeVersion(stage, { base: "next" });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "not-ours" } });
    const [run] = await stage.checkRuns(headSha);
    expect(run?.conclusion).toBe("action_required");
    expect(run?.output.summary).toMatch(/for the branch/);
    // The same commit for the default branch is judged as itself, and then merged.
    const twin = await mia.openPullRequest({ repository: registryRepository, head: "add-1.2.0", title: "The same" });
    expect((await review(stage, twin)).merged).toBe(true);
    expect(await stage.get(`pulls/${number}`)).toMatchObject({ merged: false });
  });
});

describe("while the registry's configuration is broken", () => {
  const broken = "polcy: {}\nmerge_method: sqash\n";

  it("nothing is judged or merged, the comment says why, and all goes on when it is mended", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposeVersion(stage);
    await pushToMain(stage, { [configuration]: broken });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "misconfigured" } });
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "action_required" }]);
    const [comment] = await stage.comments(number);
    expect(comment).toMatch(/The registry's configuration has to be mended first/);
    expect(comment).toMatch(/operators: .*unknown key "?`?polcy/);
    expect(comment).toMatch(/merge_method: must be one of merge, squash, rebase/);
    expect((await review(stage, number)).done).toEqual([]);
    await pushToMain(stage, { [configuration]: "policy:\n  settle: 0s\n" });
    expect((await review(stage, number)).merged).toBe(true);
  });

  it.each([
    ["is no YAML", "policy: [\n"],
    ["is a list", "- policy\n"],
    ["is a text", "policy\n"],
    ["names a key twice", "paused: true\npaused: false\n"],
  ])("because it %s, nothing is merged either", async (_what, text) => {
    const stage = await aTaskStage();
    const { number } = await proposeVersion(stage);
    await pushToMain(stage, { [configuration]: text });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "misconfigured" } });
  });

  it("a pull request that mends it, and touches nothing else, is not ours; one that breaks it fails", async () => {
    const stage = await aTaskStage();
    const mends = await propose(stage, { branch: "mend", files: { [configuration]: "paused: true\n" } });
    expect((await review(stage, mends.number)).decision.kind).toBe("not-ours");
    const breaks = await propose(stage, { branch: "break", files: { [configuration]: broken } });
    expect((await review(stage, breaks.number)).decision.kind).toBe("blocked");
    expect(await stage.checkRuns(breaks.headSha)).toMatchObject([{ conclusion: "failure" }]);
    expect((await stage.comments(breaks.number))[0]).toMatch(/polcy/);
  });

  it("and is broken no more, the pull request that mends it can be merged by the maintainers", async () => {
    const stage = await aTaskStage();
    await pushToMain(stage, { [configuration]: broken });
    const { number, headSha } = await propose(stage, { branch: "mend", files: { [configuration]: "{}\n" } });
    await review(stage, number);
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "success" }]);
  });
});

describe("keys", () => {
  it("without any on the base a signed version waits for a maintainer, who is told what to do", async () => {
    const stage = await aTaskStage();
    await pushToMain(stage, { "keys/acme/releases.asc": null });
    // Who has not registered a key cannot say either by which one it is signed.
    const { number, headSha } = await proposeVersion(stage, { change: ({ signed_by: _none, ...entry }) => entry });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "ask-maintainers" } });
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "action_required" }]);
    const [comment] = await stage.comments(number);
    expect(comment).toContain("signature");
    expect(comment).toContain("keys/acme/");
    expect((await review(stage, number)).done).toEqual([]);
  });

  it("a file on the base that is no key is named, and hides no other", async () => {
    const stage = await aTaskStage();
    await pushToMain(stage, { "keys/acme/broken.asc": "no key\n" });
    const { number } = await proposeVersion(stage);
    expect((await review(stage, number)).merged).toBe(true);
  });
});

describe("long answers", () => {
  it("are cut for GitHub, and a second look still writes nothing", async () => {
    const stage = await aTaskStage();
    const record = await readRecord(stage);
    const [first = {}] = record.versions;
    // Fifty versions that nobody released, each with archives whose names are as long as they may be.
    for (let minor = 0; minor < 50; minor += 1) {
      const targets = Array.from({ length: 14 }, (_, index) => ({
        os: `os${index}`,
        arch: `arch${index}`,
        filename: `terraform-provider-dns_9.${minor}.0_${"x_".repeat(80)}${index}.zip`,
        download_url: `https://example.com/${"y".repeat(150)}/${index}`,
        shasum: `${index}`.padStart(64, "a"),
      }));
      record.versions.unshift({ ...first, version: `9.${minor}.0`, targets });
    }
    const { number } = await propose(stage, { branch: "many", files: { [path]: print(record) } });
    expect((await review(stage, number)).verdict.outcome).toBe("fail");
    stage.writes();
    expect((await review(stage, number)).done).toEqual([]);
    expect(stage.writes()).toEqual([]);
  });
});
