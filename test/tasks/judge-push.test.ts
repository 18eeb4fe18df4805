import { describe, expect, it } from "vitest";
import type { Author } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { judgePush } from "../../src/tasks/judge-push.ts";
import { pathsOfCommit } from "../../src/tasks/undo-commit.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";

type Json = Record<string, unknown>;

function dnsOf({ authors }: TaskStage): Author {
  const dns = authors.find(({ provider }) => provider.path === path);
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
}

/** The record with these entries before its own. */
async function recordWith(stage: TaskStage, entries: readonly Json[]): Promise<string> {
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: Json[] };
  return `${JSON.stringify({ ...record, versions: [...entries, ...record.versions] }, null, 2)}\n`;
}

const upstreamRequests = (stage: TaskStage, since: number) =>
  stage.sandbox.requests.slice(since).filter((request) => request.path.includes("terraform-provider"));

describe("judgePush", () => {
  it("says of a right version that it is right, once", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, [entry]) });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run, ...others] = await stage.checkRuns(commit);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: "completed", conclusion: "success" });
    expect(run?.output.title).toBe("acme/dns 1.2.0 was pushed and is right");
    expect(run?.output.summary).toMatch(/without a pull request.*judged afterwards/);
    expect(stage.writes()).toEqual(["POST /repos/{owner}/{repo}/check-runs"]);
    await judgePush(stage.context, commit);
    expect(stage.writes()).toEqual([]);
  });

  it("says of a wrong one what is wrong, and what to do", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", tamper: "checksum" });
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, [entry]) });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(run?.output.title).toBe("acme/dns 1.2.0 was pushed and is wrong");
    expect(run?.output.summary).toMatch(/archives/);
    expect(run?.output.summary).toMatch(/cut a new release/);
  });

  it("says of a version that nobody released that it is wrong", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, [{ ...entry, version: "6.6.6" }]) });
    await judgePush(stage.context, commit);
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
  });

  it("takes for decided what a maintainer may decide, and says that there was no pull request", async () => {
    const stage = await aTaskStage();
    const text = (await recordWith(stage, [])).replace(/"owner_id": \d+/, '"owner_id": 1');
    const commit = await pushToMain(stage, { [path]: text });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({
      conclusion: "success",
      output: { title: "acme/dns was pushed without a pull request" },
    });
    expect(run?.output.summary).toMatch(/record-head/);
  });

  it("judges a version also where the same push touches files that are none of the registry's", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", tamper: "checksum" });
    const commit = await pushToMain(stage, { "README.md": "# Other\n", [path]: await recordWith(stage, [entry]) });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.output.summary).toMatch(/archives/);
  });

  it("judges what follows after more files than GitHub lists", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", tamper: "checksum" });
    const before = Array.from({ length: 310 }, (_unused, at) => [`docs/${at}.md`, `${at}\n`]);
    const commit = await pushToMain(stage, {
      ...Object.fromEntries(before),
      [path]: await recordWith(stage, [entry]),
    });
    expect(await judgePush(stage.context, commit)).toBeNull();
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
    expect(await pathsOfCommit(stage.context.host, commit)).toEqual([path]);
  });

  it("judges a record that was moved to where no registry data is", async () => {
    const stage = await aTaskStage();
    const text = await recordWith(stage, []);
    const commit = await pushToMain(stage, { [path]: null, "archive/dns.json": text });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.output.summary).toMatch(/append-only/);
    expect(await pathsOfCommit(stage.context.host, commit)).toEqual([path]);
  });

  it("asks upstream nothing for what is too much, and does not call it right", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const many = Array.from({ length: 51 }, (_unused, at) => ({ ...entry, version: `2.${at}.0` }));
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, many) });
    const since = stage.sandbox.requests.length;
    expect(await judgePush(stage.context, commit)).toBeNull();
    expect(upstreamRequests(stage, since)).toEqual([]);
    const [run] = await stage.checkRuns(commit);
    expect(run?.output.title).toBe("acme/dns (51 versions) was pushed without a pull request");
    expect(run?.output.summary).toMatch(/Upstream was not asked: the push has 51 added or rewritten versions/);
  });

  it("has nothing to say of a push that touches nothing of the registry", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, { "README.md": "# Other\n", "docs/providers/acme.md": "# acme\n" });
    expect(await judgePush(stage.context, commit)).toBeNull();
    expect(await stage.checkRuns(commit)).toEqual([]);
    expect(stage.writes()).toEqual([]);
  });

  it("has nothing to say of the repository's first commit, before which there was nothing", async () => {
    const stage = await aTaskStage();
    const commits = await stage.get<readonly { sha: string; parents: readonly unknown[] }[]>("commits?per_page=100");
    const first = commits.find(({ parents }) => parents.length === 0);
    expect(await judgePush(stage.context, first?.sha ?? "")).toBeNull();
    expect(stage.writes()).toEqual([]);
  });

  it("judges what a person merged past the rules, by everything that came with the merge", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", tamper: "checksum" });
    const files = { [path]: await recordWith(stage, [entry]) };
    const { number } = await propose(stage, { branch: "by-hand", files });
    // Not the first commit of the default branch that the merge could be compared with.
    await pushToMain(stage, { "README.md": "# Moved on\n" });
    const commit = await stage.sandbox.as(people.owner).merge({ repository: registryRepository, number });
    expect(await judgePush(stage.context, commit)).toBeNull();
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.output.title).toBe("acme/dns 1.2.0 was pushed and is wrong");
  });

  it("while GitHub does not show the release waits, and judges when it does", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", tamper: "checksum" });
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, [entry]) });
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 502, times: 10 });
    expect(await judgePush(stage.context, commit)).toEqual({ at: null });
    const [waiting] = await stage.checkRuns(commit);
    expect(waiting).toMatchObject({ status: "in_progress", conclusion: null });
    expect(waiting?.output.title).toBe("acme/dns 1.2.0 was pushed and cannot be judged yet");
    // Faults end when they are used up; what is left of them would hide the release from the second look.
    await expect.poll(async () => (await judgePush(stage.context, commit)) === null, { timeout: 20_000 }).toBe(true);
    const [run] = await stage.checkRuns(commit);
    expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
  });

  it("says when GitHub's limit ends, so that nobody looks before", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const commit = await pushToMain(stage, { [path]: await recordWith(stage, [entry]) });
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 429, headers: { "retry-after": "120" }, times: 10 });
    const again = await judgePush(stage.context, commit);
    expect(Math.abs(Date.parse(again?.at ?? "") - Date.now() - 120_000)).toBeLessThan(15_000);
  });
});
