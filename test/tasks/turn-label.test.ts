import { describe, expect, it } from "vitest";
import { turnLabels } from "../../src/policy/messages.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { announceMerge } from "../../src/tasks/announce-merge.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";
const { author, maintainer, waiting } = turnLabels;

async function labelsOf(stage: TaskStage, number: number): Promise<readonly string[]> {
  const { labels } = await stage.get<{ labels: readonly { name: string }[] }>(`pulls/${number}`);
  return labels.map(({ name }) => name);
}

const label = (stage: TaskStage, wish: { number: number; add?: readonly string[]; remove?: readonly string[] }) =>
  stage.sandbox.as(people.maintainer).label({ repository: registryRepository, ...wish });

async function review(stage: TaskStage, number: number) {
  const outcome = await reviewPullRequest(stage.context, number);
  if (outcome === null) throw new Error("The pull request is closed.");
  return outcome;
}

/** Adds a version by hand; right when GitHub has its release. */
async function proposeVersion(stage: TaskStage, change: (entry: Record<string, unknown>) => object = (entry) => entry) {
  const published = new Date(Date.now() - 60_000).toISOString();
  const dns = stage.authors.find(({ provider }) => provider.path === path);
  const { entry } = (await dns?.cutRelease({ version: "1.2.0", published })) ?? expect.unreachable();
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: object[] };
  const text = (entries: object) =>
    `${JSON.stringify({ ...record, versions: [entries, ...record.versions] }, null, 2)}\n`;
  const { number } = await propose(stage, { branch: "add", files: { [path]: text(change(entry)) } });
  const mend = () =>
    stage.sandbox.as(people.maintainer).commit({
      repository: registryRepository,
      branch: "add",
      files: { [path]: text(entry) },
      message: "Mend",
    });
  return { number, mend };
}

const wrong = (entry: Record<string, unknown>) => ({ ...entry, protocols: ["6.0"] });

describe("the label of a pull request", () => {
  it("that is wrong says that it is the author's turn; a second look writes nothing", async () => {
    const stage = await aTaskStage();
    const { number } = await proposeVersion(stage, wrong);
    await review(stage, number);
    expect(await labelsOf(stage, number)).toEqual([author.name]);
    expect(await stage.get<object[]>("labels")).toEqual([expect.objectContaining(author)]);
    stage.writes();
    expect((await review(stage, number)).done).toEqual([]);
    expect(stage.writes()).toEqual([]);
  });

  it("keeps company with everybody else's, and goes when the pull request is merged", async () => {
    const stage = await aTaskStage();
    const { number, mend } = await proposeVersion(stage, wrong);
    await label(stage, { number, add: ["help wanted"] });
    await review(stage, number);
    expect((await labelsOf(stage, number)).toSorted()).toEqual(["help wanted", author.name]);
    await mend();
    stage.writes();
    const { merged, announce } = await review(stage, number);
    expect(merged).toBe(true);
    // Nobody waits for a label before the merge.
    expect(stage.writes().filter((write) => write.includes("labels"))).toEqual([]);
    await announceMerge(stage.context.host, announce ?? expect.unreachable());
    expect(stage.writes()).toEqual([
      "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
      "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    ]);
    expect(await labelsOf(stage, number)).toEqual(["help wanted"]);
    await announceMerge(stage.context.host, announce ?? expect.unreachable());
    expect(stage.writes()).toEqual([]);
  });

  it("follows the verdict: one in place of the other in one write", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "key", files: { "keys/acme/releases.asc": "none" } });
    await label(stage, { number, add: [waiting.name, "help wanted"] });
    stage.writes();
    await review(stage, number);
    expect((await labelsOf(stage, number)).toSorted()).toEqual(["help wanted", author.name]);
    expect(stage.writes().filter((write) => write.includes("{issue_number}/labels"))).toEqual([
      "PUT /repos/{owner}/{repo}/issues/{issue_number}/labels",
    ]);
  });

  it("says that a maintainer decides about what only a maintainer can decide", async () => {
    const stage = await aTaskStage();
    const key = stage.authors.find(({ provider }) => provider.path === path)?.signer.publicKey ?? "";
    const { number } = await propose(stage, { branch: "key", files: { "keys/acme/second.asc": key } });
    expect((await review(stage, number)).decision.kind).toBe("ask-maintainers");
    expect(await labelsOf(stage, number)).toEqual([maintainer.name]);
  });

  it("says that nobody has to do anything while GitHub does not answer", async () => {
    const stage = await aTaskStage();
    const { number } = await proposeVersion(stage);
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 502, times: 10 });
    expect((await review(stage, number)).decision.kind).toBe("wait");
    expect(await labelsOf(stage, number)).toEqual([waiting.name]);
  });

  it("goes where it is nobody's turn any more: paused, or not ours", async () => {
    const stage = await aTaskStage();
    const { number } = await proposeVersion(stage);
    const readme = await propose(stage, { branch: "readme", files: { "README.md": "# New\n" } });
    await pushToMain(stage, { ".github/registrar.yml": "paused: true\npolicy:\n  settle: 0s\n" });
    for (const one of [number, readme.number]) {
      await label(stage, { number: one, add: [waiting.name, "Help wanted"] });
      expect((await review(stage, one)).done).toContain("label");
      expect(await labelsOf(stage, one)).toEqual(["Help wanted"]);
      expect((await review(stage, one)).done).toEqual([]);
    }
  });

  it("is known in any case, and not written in a dry run", async () => {
    const stage = await aTaskStage();
    const { number } = await proposeVersion(stage, wrong);
    const dry = await reviewPullRequest({ ...stage.context, dryRun: true }, number);
    expect(dry?.done).toContain("label");
    expect(stage.writes()).toEqual([]);
    await label(stage, { number, add: [author.name.toUpperCase()] });
    expect((await review(stage, number)).done).not.toContain("label");
  });
});
