import { describe, expect, it } from "vitest";
import type { CheckRun, PostedCheckRun, PullRequest, RegistryHost } from "../../src/github/port.ts";
import { archivesReport } from "../../src/tasks/archives-progress.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage } from "../support/stage/task-stage.ts";

const megabyte = 1_000_000;
const at = (done: number) => ({ done, total: 14, bytes: done * megabyte, totalBytes: 14 * megabyte });
const pullRequest = { number: 7, headSha: "c0ffee".padEnd(40, "0") } as PullRequest;
const posted = { id: 1, externalId: "7:digest", status: "completed" } as PostedCheckRun;

/** What is written, with a clock that stands still until somebody moves it. */
function telling(runs: readonly PostedCheckRun[] = [], { broken = false } = {}) {
  let seconds = 0;
  const written: { readonly by: string; readonly run: CheckRun }[] = [];
  const note = (by: string) => async (run: CheckRun) => {
    if (broken) throw new Error("GitHub does not answer.");
    written.push({ by, run });
  };
  const host = {
    createCheckRun: note("create"),
    updateCheckRun: async (id: number, run: CheckRun) => note(`update ${id}`)(run),
    listCheckRuns: async () => written.slice(0, 1).map(({ run }) => ({ ...run, id: 42 })),
  } as unknown as RegistryHost;
  const now = () => new Date(Date.parse("2026-03-01T12:00:00Z") + seconds * 1000);
  const report = archivesReport({ host, now }, { pullRequest, runs });
  return {
    written,
    end: () => report.end(),
    async tell(after: number, done: number, version = "dns@1.2.0") {
      seconds += after;
      report.of(version)(at(done));
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    },
  };
}

describe("archivesReport", () => {
  it("tells nothing of what is read soon, which is nearly always", async () => {
    const { tell, end, written } = telling();
    await tell(2, 3);
    await tell(7, 14);
    expect(await end()).toBe(false);
    expect(written).toEqual([]);
  });

  it("tells after ten seconds how far it is, then twice a minute, in one run", async () => {
    const { tell, end, written } = telling();
    for (let second = 0; second < 100; second += 1) await tell(1, Math.min(14, second / 10));
    expect(written.map(({ by }) => by)).toEqual(["create", "update 42", "update 42", "update 42"]);
    expect(written[1]?.run).toMatchObject({
      headSha: pullRequest.headSha,
      status: "in_progress",
      conclusion: null,
      externalId: "7:archives",
    });
    await tell(60, 3);
    expect(written.at(-1)?.run.title).toBe("Reading archives: 3 of 14");
    expect(written.at(-1)?.run.summary).toContain("3.0 of 14.0 MB");
    expect(await end()).toBe(true);
  });

  it("counts the archives of all versions", async () => {
    const { tell, written } = telling();
    await tell(1, 3, "dns@1.2.0");
    await tell(11, 4, "dns@1.3.0");
    expect(written.at(-1)?.run.title).toBe("Reading archives: 7 of 28");
  });

  it("leaves a posted verdict where it is", async () => {
    const { tell, end, written } = telling([posted]);
    await tell(60, 3);
    expect(await end()).toBe(false);
    expect(written).toEqual([]);
  });

  it("keeps within a few writes, however long it takes", async () => {
    const { tell, written } = telling();
    for (let minute = 0; minute < 100; minute += 1) await tell(60, 1);
    expect(written).toHaveLength(30);
  });

  it("does not mind a write that fails", async () => {
    const { tell, end } = telling([], { broken: true });
    await tell(60, 3);
    expect(await end()).toBe(true);
  });
});

it("the verdict takes the place of what was told meanwhile", async () => {
  const stage = await aTaskStage();
  await pushToMain(stage, { ".github/registrar.yml": "policy: {settle: 0s, archives: download}\n" });
  const path = "providers/acme/dns.json";
  const dns = stage.authors.find(({ provider }) => provider.path === path);
  const { entry } =
    (await dns?.cutRelease({ version: "1.2.0", published: "2026-01-01T00:00:00Z" })) ?? expect.unreachable();
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString());
  record.versions.unshift(entry);
  const { number, headSha } = await propose(stage, {
    branch: "dns",
    files: { [path]: `${JSON.stringify(record, null, 2)}\n` },
    draft: true,
  });
  stage.writes();
  // Every look at the clock takes twenty seconds, so that the archives take long.
  let looks = 0;
  const now = () => new Date(Date.now() + 20_000 * looks++);
  const outcome = await reviewPullRequest({ ...stage.context, now }, number);
  expect(outcome).toMatchObject({ decision: { kind: "ready" } });
  const runs = "/repos/{owner}/{repo}/check-runs";
  const writes = stage.writes().filter((write) => write.includes("check-runs"));
  expect(writes[0]).toBe(`POST ${runs}`);
  expect(writes.length).toBeGreaterThan(1);
  expect(new Set(writes.slice(1))).toEqual(new Set([`PATCH ${runs}/{check_run_id}`]));
  expect(await stage.checkRuns(headSha)).toMatchObject([
    { status: "completed", conclusion: "success", output: { title: "acme/dns 1.2.0 is verified; this is a draft" } },
  ]);
});
