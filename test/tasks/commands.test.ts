import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { people, registryRepository as repository } from "../../src/scenarios/demo.ts";
import { answerCommands } from "../../src/tasks/answer-commands.ts";
import { noProgress } from "../../src/tasks/reconcile.ts";
import { type ReviewOutcome, reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";
const { maintainer, contributor } = people;

interface RecordJson {
  readonly versions: readonly Record<string, unknown>[];
}

/** A pull request by the outsider that removes a published version, or adds one that is right. */
async function proposed(stage: TaskStage, what: "removal" | "version" = "removal") {
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as RecordJson;
  const author = stage.authors.find(({ provider }) => provider.path === path);
  const published = new Date(Date.now() - 60_000).toISOString();
  const added = async () => {
    const released = await author?.cutRelease({ version: "1.2.0", published });
    return [released?.entry ?? {}, ...record.versions];
  };
  const versions = what === "removal" ? record.versions.slice(0, -1) : await added();
  const carl = stage.sandbox.as(contributor);
  const fork = await carl.fork(repository);
  const files = { [path]: `${JSON.stringify({ ...record, versions }, null, 2)}\n` };
  const branch = "by-hand";
  const headSha = await carl.commit({ repository: fork.fullName, branch, files, message: "By hand" });
  const number = await carl.openPullRequest({ repository, head: `${contributor}:${branch}`, title: "By hand" });
  const push = (message: string, more: Record<string, string> = {}, force = false) =>
    carl.commit({
      ...{ repository: fork.fullName, branch, message, force },
      ...(force ? { from: "main" } : {}),
      files: force ? { ...files, ...more } : more,
    });
  return { number, headSha, push, files };
}

async function review(stage: TaskStage, number: number): Promise<ReviewOutcome> {
  const outcome = await reviewPullRequest(stage.context, number);
  if (outcome === null) throw new Error("The pull request is closed.");
  return outcome;
}

/** GitHub's times are whole seconds: what is said in the second of a verdict is no answer to it. */
const nextSecond = () => sleep(1_010 - (Date.now() % 1_000));

const say = (stage: TaskStage, number: number, body: string, by: string = maintainer) =>
  stage.sandbox.as(by).comment({ repository, number, body });

/** The newest answer of the app to somebody's commands, without its hidden line. */
async function answer(stage: TaskStage, number: number): Promise<string> {
  const comments = await stage.comments(number);
  return comments.filter((body) => body.startsWith("<!-- registrar:receipt")).at(-1) ?? "";
}

const waive = (headSha: string) =>
  `/registrar waive append-only @${headSha.slice(0, 7)} because the version was malware`;

describe("a waiver", () => {
  it("is offered with its line to copy, lifts what the verdict said of that commit, and lets it be merged", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposed(stage);
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "blocked" } });
    const [living = ""] = await stage.comments(number);
    expect(living).toContain(`    /registrar waive append-only @${headSha.slice(0, 12)} because …`);
    await nextSecond();
    await say(stage, number, waive(headSha));
    expect(await review(stage, number)).toMatchObject({ merged: true, decision: { kind: "merge" } });
    expect(await answer(stage, number)).toMatch(/To `mia`:[\s\S]*`append-only` is waived for the commit/);
    const [run] = await stage.checkRuns(headSha);
    expect(run).toMatchObject({ conclusion: "success", output: { title: expect.stringContaining("what was waived") } });
    expect(run?.output.summary).toMatch(/lets stand[\s\S]*waived by `mia` because `the version was malware`/);
    // What the rule said is still there to be read.
    expect(run?.output.summary).toContain("| ❌ | `append-only` |");
  });

  it("counts for its commit alone: after a push the finding stands", async () => {
    const stage = await aTaskStage();
    const { number, headSha, push } = await proposed(stage);
    await review(stage, number);
    await nextSecond();
    await say(stage, number, waive(headSha));
    stage.sandbox.faults.before({ method: "PUT", path: /\/merge$/ }, () =>
      push("Again", { "providers/acme/dns.json": "{}\n" }),
    );
    await expect(review(stage, number)).rejects.toMatchObject({ code: "head-moved" });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "blocked" } });
    expect((await stage.get<{ merged: boolean }>(`pulls/${number}`)).merged).toBe(false);
  });

  it("is refused with what would be right: to strangers, of other rules and commits, and in the second of the verdict", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposed(stage);
    await say(stage, number, waive(headSha));
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "blocked" } });
    expect(await answer(stage, number)).toContain("Read what the comment says now");
    await nextSecond();
    for (const [by, rule, sha, said] of [
      [contributor, "append-only", headSha, /only a maintainer/],
      [maintainer, "signature", headSha, /never waived[\s\S]*could be waived: `append-only`/],
      [maintainer, "nonsense", headSha, /there is no rule `nonsense`/],
      [maintainer, "append-only", "c0ffee1", /the head of this pull request is/],
      [maintainer, "repository-owner", headSha, /objects to nothing here/],
    ] as const) {
      await say(stage, number, `/registrar waive ${rule} @${sha.slice(0, 9)} because I say so`, by);
      expect(await review(stage, number), rule).toMatchObject({ merged: false, decision: { kind: "blocked" } });
      expect(await answer(stage, number)).toMatch(said);
    }
  });

  it("of whoever made the commit, maintainer or not, is refused", async () => {
    const stage = await aTaskStage();
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as RecordJson;
    const text = `${JSON.stringify({ ...record, versions: record.versions.slice(0, -1) }, null, 2)}\n`;
    const { number, headSha } = await propose(stage, { branch: "by-mia", files: { [path]: text } });
    await review(stage, number);
    await nextSecond();
    await say(stage, number, waive(headSha));
    expect((await review(stage, number)).decision.kind).toBe("blocked");
    expect(await answer(stage, number)).toContain("another maintainer can");
  });

  it("does not count once whoever gave it maintains the registry no more", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposed(stage);
    await review(stage, number);
    await stage.sandbox.as(contributor).setDraft({ repository, number, draft: true });
    await nextSecond();
    await say(stage, number, waive(headSha));
    expect((await review(stage, number)).decision).toEqual({ kind: "ready", because: "draft" });
    stage.sandbox.setPermission({ repository, login: maintainer, permission: "write" });
    await stage.sandbox.as(contributor).setDraft({ repository, number, draft: false });
    expect((await review(stage, number)).decision.kind).toBe("blocked");
    stage.sandbox.setPermission({ repository, login: maintainer, permission: "maintain" });
    expect((await review(stage, number)).merged).toBe(true);
  });
});

describe("a stop", () => {
  it("keeps what is right from being merged, in sight of all, until it is lifted", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposed(stage, "version");
    await say(stage, number, "Wait, please.\n/registrar stop");
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "stopped", by: "mia" } });
    expect(await stage.checkRuns(headSha)).toMatchObject([
      { conclusion: "action_required", output: { title: "acme/dns 1.2.0 is verified; merging is stopped" } },
    ]);
    expect((await stage.comments(number)).join("\n")).toMatch(/\*\*Stopped\*\* by `mia` \(a maintainer\)/);
    await say(stage, number, "/registrar resume", contributor);
    expect((await review(stage, number)).decision.kind).toBe("stopped");
    expect(await answer(stage, number)).toMatch(/only a maintainer of this registry, the owner/);
    await say(stage, number, "/registrar resume");
    expect((await review(stage, number)).merged).toBe(true);
  });

  it("survives a forced push, the end of its comment and of everything that the process knew", async () => {
    const stage = await aTaskStage();
    const { number, push } = await proposed(stage, "version");
    await say(stage, number, "/registrar stop");
    await review(stage, number);
    // Where nothing is kept any more, its comment tells.
    const host = { ...stage.context.host, readNote: async () => null };
    const forgetful = await reviewPullRequest({ ...stage.context, host }, number);
    expect(forgetful).toMatchObject({ merged: false, decision: { kind: "stopped" }, done: ["note"] });
    const comments = await stage.get<readonly { id: number }[]>(`issues/${number}/comments`);
    const { token } = stage.sandbox.as(maintainer);
    for (const { id } of comments) {
      const url = `${stage.sandbox.apiUrl}/repos/${repository}/issues/comments/${id}`;
      await fetch(url, { method: "DELETE", headers: { authorization: `token ${token}` } });
    }
    await nextSecond();
    await push("Anew", {}, true);
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "stopped" } });
  });

  it("that comes between the verdict and the merge is seen under the merge lock", async () => {
    const stage = await aTaskStage();
    const { number } = await proposed(stage, "version");
    stage.sandbox.faults.before({ method: "POST", path: /\/reviews$/ }, () => say(stage, number, "/registrar stop"));
    await expect(review(stage, number)).rejects.toMatchObject({ code: "github-conflict" });
    expect(await review(stage, number)).toMatchObject({ merged: false, decision: { kind: "stopped" } });
  });

  it("is seen though its pull request does not count the comment yet", async () => {
    const stage = await aTaskStage();
    const { number } = await proposed(stage, "version");
    await say(stage, number, "/registrar stop");
    const readPullRequest = async (asked: number) => ({
      ...(await stage.context.host.readPullRequest(asked)),
      comments: 0,
      untouched: true as const,
    });
    const progress = noProgress();
    progress.commented.add(number);
    const context = { ...stage.context, host: { ...stage.context.host, readPullRequest }, progress };
    for (let times = 0; times < 2; times += 1) {
      expect(await reviewPullRequest(context, number)).toMatchObject({ merged: false, decision: { kind: "stopped" } });
    }
  });

  it("is the owner's of the repository as well, and not a stranger's; what a maintainer stops, only one resumes", async () => {
    const stage = await aTaskStage();
    const { number } = await proposed(stage, "version");
    for (const login of ["anna", "dora"]) stage.sandbox.createAccount({ login });
    stage.sandbox.addPublicMember({ organization: "acme", login: "anna" });
    await say(stage, number, "/registrar stop", "anna");
    expect((await review(stage, number)).decision).toEqual({ kind: "stopped", by: "anna" });
    await say(stage, number, "/registrar resume", "dora");
    expect((await review(stage, number)).decision.kind).toBe("stopped");
    await say(stage, number, "/registrar stop");
    await say(stage, number, "/registrar resume", "anna");
    expect((await review(stage, number)).decision).toEqual({ kind: "stopped", by: "mia" });
    expect(await answer(stage, number)).toContain("who has stopped it lets it go on, or a maintainer");
    await say(stage, number, "/registrar resume");
    expect((await review(stage, number)).merged).toBe(true);
  });
});

describe("commands", () => {
  it("that are killed between what they do and their answer are done once more, to the same end", async () => {
    const stage = await aTaskStage();
    const { number } = await proposed(stage, "version");
    await say(stage, number, "/registrar stop\n/registrar recheck");
    const host = {
      ...stage.context.host,
      createComment: async () => {
        throw new Error("killed");
      },
    };
    await expect(reviewPullRequest({ ...stage.context, host }, number)).rejects.toThrow("killed");
    expect(stage.writes().filter((write) => write.endsWith("/comments"))).toEqual([]);
    expect((await review(stage, number)).decision.kind).toBe("stopped");
    expect((await stage.comments(number)).filter((body) => body.includes("registrar:receipt"))).toHaveLength(1);
    stage.writes();
    expect((await review(stage, number)).done).toEqual([]);
    expect(stage.writes()).toEqual([]);
  });

  it("recheck, explain, help, bump and what is none are answered, and an edit does nothing", async () => {
    const stage = await aTaskStage();
    const { number, headSha } = await proposed(stage);
    await review(stage, number);
    const id = await say(stage, number, "Looks good.");
    await nextSecond();
    await stage.sandbox.as(maintainer).editComment({ repository, id, body: "/registrar stop" });
    expect((await review(stage, number)).done).toEqual([]);
    expect(await answer(stage, number)).toBe("");
    const before = await stage.checkRuns(headSha);
    await say(stage, number, "/registrar recheck", contributor);
    await review(stage, number);
    expect(await answer(stage, number)).toMatch(/judged afresh\. Now: .* cannot be merged as it is\./);
    expect(await stage.checkRuns(headSha)).toHaveLength(before.length + 1);
    await say(stage, number, "/registrar explain\n/registrar help\n/registrar bump acme/dns", contributor);
    const { commands } = await review(stage, number);
    expect(commands.bumps).toEqual([path]);
    expect(await answer(stage, number)).toMatch(
      /cannot be merged[\s\S]*What to do:[\s\S]*these are the commands[\s\S]*releases of `acme\/dns` are looked at/,
    );
    await say(stage, number, "/registrar bump acme/nothing\n/registrar **boo** @mia", contributor);
    await review(stage, number);
    expect(await answer(stage, number)).toMatch(
      /no record `acme\/nothing`[\s\S]*`\/registrar \*\*boo\*\* @mia`: There is no command `\*\*boo\*\*`/,
    );
  });

  it("on what is closed, and on an issue, are answered by what is possible there", async () => {
    const stage = await aTaskStage();
    const { host } = stage.context;
    const issue = await stage.sandbox.as(contributor).openIssue({ repository, title: "Where is 1.2.0?" });
    expect(await answerCommands(host, issue)).toEqual({ kind: "nothing" });
    await say(stage, issue, "/registrar bump acme/dns\n/registrar stop", contributor);
    expect(await answerCommands(host, issue)).toEqual({ kind: "answered", answers: 1, bumps: [path] });
    expect(await answer(stage, issue)).toMatch(/are looked at now[\s\S]*there is no open pull request here/);
    expect(await answerCommands(host, issue)).toEqual({ kind: "nothing" });
    const { number } = await proposed(stage);
    await say(stage, number, "/registrar help");
    expect(await answerCommands(host, number)).toEqual({ kind: "review" });
    await stage.sandbox.as(contributor).closePullRequest({ repository, number });
    expect(await answerCommands(host, number)).toEqual({ kind: "answered", answers: 1, bumps: [] });
  });
});
