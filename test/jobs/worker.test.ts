import { describe, expect, it } from "vitest";
import type { SweptRecord } from "../../src/bump/sweep.ts";
import type { PostedCheckRun, PullRequest, RegistryHost } from "../../src/github/port.ts";
import { mostAnswersAnHour } from "../../src/jobs/answer-budget.ts";
import type { Job } from "../../src/jobs/job.ts";
import type { SendResult } from "../../src/jobs/queue.ts";
import { createWorker, type Publisher, type WorkerContext } from "../../src/jobs/worker.ts";
import { RegistrarError } from "../../src/registry/errors.ts";
import { defaultSettings } from "../../src/registry/settings.ts";
import { noProgress, type Progress } from "../../src/tasks/reconcile.ts";
import type { KeySources } from "../../src/upstream/key-sources.ts";
import type { Upstream } from "../../src/upstream/port.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { pathOf } from "../support/stage/stage.ts";
import { aTaskStage } from "../support/stage/task-stage.ts";

const context = { attempt: 1, correlation: "d1" };
const base = "b".repeat(40);

const closed: PullRequest = {
  number: 7,
  title: "Add",
  url: "https://github.test/example/registry/pull/7",
  state: "closed",
  merged: true,
  draft: false,
  headSha: "c".repeat(40),
  headBranch: "registrar/bump/provider/acme/dns",
  headRepositoryId: 1,
  baseBranch: "main",
  author: { id: 9, login: "carl" },
  labels: [],
  changedFiles: 1,
  mergeable: null,
  testMerge: null,
};

const report: PostedCheckRun = {
  id: 1,
  headSha: base,
  status: "completed",
  conclusion: "success",
  title: "",
  summary: "",
  externalId: "",
  startedAt: "2026-03-01T12:00:00Z",
  annotations: [],
};

const blob = (path: string) => ({ path, mode: "100644", size: 3, id: path });
const host = {
  readIdentity: async () => ({
    repositoryId: 1,
    fullName: "example/registry",
    defaultBranch: "main",
    deletesMergedBranches: false,
    botId: 12345,
  }),
  readTip: async () => base,
  listFiles: async () => [blob("providers/Acme/DNS.json"), blob("providers/acme/other.json"), blob("keys/acme/a.asc")],
} satisfies Partial<RegistryHost>;

const record = (path: string, repository: string, repositoryId: number | null = null): SweptRecord => ({
  path,
  kind: "provider",
  repository,
  repositoryId,
  known: new Set(),
  newestAt: null,
});
const records = [
  record("providers/Acme/DNS.json", "Acme/terraform-provider-DNS"),
  record("providers/acme/other.json", "acme/terraform-provider-other", 77),
];

/** A worker whose GitHub can do only what the test says; anything else would be a call of undefined. */
function workerOf(overrides: {
  readonly host?: Partial<RegistryHost>;
  readonly upstream?: Partial<Upstream>;
  readonly publisher?: Publisher;
  readonly progress?: Progress;
}) {
  const sent: Job[] = [];
  const log: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const parts: Omit<WorkerContext, "host" | "upstream" | "bumpUpstream"> = {
    readKeys: async () => [],
    keySources: {} as KeySources,
    now: () => new Date("2026-03-01T12:00:00Z"),
    serverUrl: "https://github.test",
    mergeLock: (work) => work(),
    queue: () => ({
      send: async (job): Promise<SendResult> => {
        sent.push(job);
        return "queued";
      },
    }),
    publisher: overrides.publisher ?? null,
    progress: overrides.progress ?? noProgress(),
    readIndex: async () => ({ commit: base, settings: defaultSettings, configurationProblems: [], records }),
    glance: () => expect.unreachable("Nothing is glanced at."),
    memory: { read: async () => ({ sweptAt: null, records: {} }), write: async () => undefined },
    log: (message, fields) => log.push({ message, fields }),
  };
  const work = createWorker({
    ...parts,
    host: { ...host, ...overrides.host } as RegistryHost,
    upstream: { ...overrides.upstream } as Upstream,
    bumpUpstream: { ...overrides.upstream } as Upstream,
  });
  return { work: (job: Job) => work(job, context), sent, log };
}

describe("createWorker", () => {
  it("a check that is to be run again means every open pull request with that head, each judged afresh", async () => {
    const open = (number: number, headSha: string): PullRequest => ({ ...closed, number, headSha, state: "open" });
    const head = "d".repeat(40);
    const { work, sent } = workerOf({
      host: { listOpenPullRequests: async () => [open(8, head), open(9, base), open(10, head)] },
    });
    await work({ kind: "rerun", headSha: head });
    expect(sent).toEqual([
      { kind: "review", number: 8, afresh: true },
      { kind: "review", number: 10, afresh: true },
    ]);
  });

  it("comments may ask for a record's releases; each is looked at once a minute, however many ask", async () => {
    let id = 0;
    const said: string[] = [];
    const { work, sent } = workerOf({
      host: {
        listComments: async (number) => [
          {
            id: ++id,
            number,
            author: { id: id + 100, login: "carl", isBot: false },
            body: "/registrar bump acme/other\n/registrar bump acme/nothing",
            createdAt: "2026-03-01T12:00:00Z",
            updatedAt: "2026-03-01T12:00:00Z",
          },
        ],
        readPullRequest: async () => closed,
        createComment: async (_number, body) => {
          said.push(body);
        },
      },
    });
    for (let times = 0; times < 4; times += 1) await work({ kind: "commands", number: 7 });
    expect(said).toHaveLength(4);
    // At once, and once more when the minute is over.
    expect(sent).toEqual(Array(2).fill({ kind: "bump", path: "providers/acme/other.json", tag: null }));
    // And all of them together get so many answers an hour; what comes then waits.
    let last = await work({ kind: "commands", number: 8 });
    for (let times = 0; times < 2 * mostAnswersAnHour; times += 1) last = await work({ kind: "commands", number: 9 });
    expect(said).toHaveLength(mostAnswersAnHour);
    expect(last).toEqual({ lookAgain: { at: "2026-03-01T13:00:00.000Z" } });
  });

  it("what cannot be taken back now keeps nothing else from being found", async () => {
    const { work, sent } = workerOf({
      host: {
        listBranches: async () => {
          throw new RegistrarError("github-invalid", "no list");
        },
        listCommentsSince: async () => [],
        listOpenPullRequests: async () => [{ ...closed, number: 8, state: "open" }],
        listCheckRuns: async () => [],
        listRecentMerges: async () => [],
        listCommits: async () => [{ sha: base, parents: [] }],
      },
    });
    await expect(work({ kind: "reconcile" })).rejects.toMatchObject({ code: "github-invalid" });
    expect(sent).toEqual([{ kind: "review", number: 8 }]);
  });

  it("remembers on which pull requests somebody has commented", async () => {
    const progress = noProgress();
    const { work } = workerOf({ host: { listComments: async () => [] }, progress });
    await work({ kind: "commands", number: 8 });
    expect([...progress.commented]).toEqual([8]);
  });

  it("a closed pull request is read and left alone", async () => {
    const { work, sent } = workerOf({ host: { readPullRequest: async () => closed } });
    expect(await work({ kind: "review", number: 7 })).toEqual({ lookAgain: null });
    expect(sent).toEqual([]);
  });

  it.each(["head-moved", "github-conflict", "github-unavailable"] as const)(
    "%s is thrown, so that the queue tries again and judges what is there then",
    async (code) => {
      const { work, log } = workerOf({
        host: {
          readPullRequest: async () => {
            throw new RegistrarError(code, "It moved.");
          },
        },
      });
      await expect(work({ kind: "review", number: 7 })).rejects.toMatchObject({ code });
      const said = log.filter(({ message }) => message === "judging again");
      expect(said).toHaveLength(code === "github-unavailable" ? 0 : 1);
    },
  );

  it("a release becomes a look at each record that comes from there, in whatever case", async () => {
    const { work, sent, log } = workerOf({});
    await work({
      kind: "notice-release",
      repository: "acme/Terraform-Provider-dns",
      repositoryId: null,
      tag: "v1.2.0",
    });
    expect(sent).toEqual([{ kind: "bump", path: "providers/Acme/DNS.json", tag: "v1.2.0" }]);
    expect(log).toMatchObject([{ message: "release noticed", fields: { job: "notice-release", correlation: "d1" } }]);
  });

  it.each(["acme/terraform-provider-none", "acme/website", "stranger/terraform-provider-dns"])(
    "a release of %s, which no record comes from, becomes nothing",
    async (repository) => {
      const { work, sent } = workerOf({});
      await work({ kind: "notice-release", repository, repositoryId: null, tag: "v1.2.0" });
      expect(sent).toEqual([]);
    },
  );

  it("a release of a repository that was renamed is known by the id", async () => {
    const { work, sent } = workerOf({});
    await work({ kind: "notice-release", repository: "acme/renamed", repositoryId: 77, tag: "v1.2.0" });
    expect(sent).toEqual([{ kind: "bump", path: "providers/acme/other.json", tag: "v1.2.0" }]);
  });

  it("a record that is gone is skipped, with the reason in the log", async () => {
    const { work, log } = workerOf({});
    expect(await work({ kind: "bump", path: "providers/acme/gone.json", tag: null })).toEqual({ lookAgain: null });
    expect(log[0]?.fields.skipped).toBe("The registry has no record providers/acme/gone.json.");
  });

  it("releases that cannot be listed now are looked at again: nobody tells of them twice", async () => {
    const record = '{"versions":[]}\n';
    const at = "2026-03-01T13:00:00.000Z";
    const { work } = workerOf({
      host: {
        readBlob: async () => Buffer.from(record),
        listFiles: async () => [blob("providers/acme/dns.json")],
      },
      upstream: { listReleases: async () => ({ kind: "unavailable", reason: "502", retryAt: at }) },
    });
    expect(await work({ kind: "bump", path: "providers/acme/dns.json", tag: "v1.2.0" })).toEqual({ lookAgain: { at } });
  });

  it("while the configuration is broken a release is not forgotten either", async () => {
    const { work, log } = workerOf({
      host: {
        readBlob: async () => Buffer.from("polcy: {}\n"),
        listFiles: async () => [blob("providers/acme/dns.json"), blob(".github/registrar.yml")],
      },
    });
    expect(await work({ kind: "bump", path: "providers/acme/dns.json", tag: null })).toEqual({
      lookAgain: { at: null },
    });
    expect(log[0]?.fields.skipped).toContain("polcy");
  });

  it("publishes where something is published, and fails where that fails", async () => {
    let published = 0;
    const { work } = workerOf({
      publisher: {
        publish: async () => {
          published += 1;
          if (published === 2) throw new RegistrarError("publish-failed", "The disk is full.");
          return null;
        },
        isBehind: async () => false,
      },
    });
    await work({ kind: "publish" });
    await expect(work({ kind: "publish" })).rejects.toMatchObject({ code: "publish-failed" });
    expect(await workerOf({}).work({ kind: "publish" })).toEqual({ lookAgain: null });
  });

  const reported = async () => [{ ...report, externalId: `push:${base}`, status: "completed" as const }];

  it("a push that a report covers asks for nothing more, and once it is known for nothing at all", async () => {
    const asked: string[] = [];
    const { work, sent } = workerOf({
      host: {
        listFiles: () => expect.unreachable("Nothing is to be read."),
        listCommits: async (of) => [{ sha: of, parents: ["a".repeat(40)] }],
        listCheckRuns: async (sha) => {
          asked.push(sha);
          return reported();
        },
      },
    });
    const push = { kind: "inspect-push", commit: base, paths: ["providers/acme/dns.json"] } as const;
    await work(push);
    await work(push);
    expect(asked).toEqual([base]);
    expect(sent).toEqual([]);
  });

  it("a push of keys has every open pull request judged again", async () => {
    const { work, sent } = workerOf({
      host: {
        listOpenPullRequests: async () => [closed, { ...closed, number: 9 }],
        listCommits: async (of) => [{ sha: of, parents: ["a".repeat(40)] }],
        listCheckRuns: reported,
      },
    });
    await work({ kind: "inspect-push", commit: base, paths: ["keys/acme/new.asc"] });
    expect(sent).toEqual([
      { kind: "review", number: 7 },
      { kind: "review", number: 9 },
    ]);
  });

  describe("after a merge", () => {
    const said = {
      kind: "announce",
      number: 7,
      body: "<!-- registrar:comment -->\nMerged",
      branch: closed.headBranch,
    } as const;
    const announcing = (tip: string | null) => {
      const done: string[] = [];
      const { work } = workerOf({
        host: {
          findComment: async () => null,
          createComment: async (_number, body) => void done.push(body),
          findBranchTip: async () => tip,
          readPullRequest: async () => closed,
          deleteBranch: async (branch) => void done.push(`deleted ${branch}`),
        },
      });
      return { work, done };
    };

    it("the last word is said and the branch of ours is deleted", async () => {
      const { work, done } = announcing(closed.headSha);
      await work(said);
      expect(done).toEqual([said.body, `deleted ${closed.headBranch}`]);
    });

    it("a branch that holds the next version by now is left: deleting it would close that pull request", async () => {
      const { work, done } = announcing("d".repeat(40));
      await work(said);
      expect(done).toEqual([said.body]);
    });

    it("nobody else's branch is touched", async () => {
      const { work, done } = announcing(closed.headSha);
      await work({ ...said, branch: null });
      expect(done).toEqual([said.body]);
    });
  });
});

describe("a worker on a local GitHub", () => {
  it("finds a merge again that was given up, though nothing about its pull request has changed", async () => {
    const stage = await aTaskStage();
    const sent: Job[] = [];
    const work = createWorker({
      ...stage.context,
      bumpUpstream: stage.context.upstream,
      queue: () => ({
        send: async (job): Promise<SendResult> => {
          sent.push(job);
          return "queued";
        },
      }),
      publisher: null,
      readIndex: () => expect.unreachable("Nothing is swept."),
      glance: () => expect.unreachable("Nothing is glanced at."),
      memory: { read: () => expect.unreachable(), write: () => expect.unreachable() },
      log: () => undefined,
    });
    const found = async () => {
      sent.splice(0);
      await work({ kind: "reconcile" }, context);
      return sent.filter(({ kind }) => kind === "review");
    };
    const configure = (text: string) => pushToMain(stage, { ".github/registrar.yml": `policy: {settle: 0s}\n${text}` });
    await configure("paused: true\n");
    const dns = stage.authors.find(({ provider }) => provider.type === "dns");
    await dns?.cutRelease({ version: "1.2.0" });
    await work({ kind: "bump", path: "providers/acme/dns.json", tag: null }, context);
    const review = { kind: "review", number: 1 } as const;
    expect(await found()).toEqual([review]);
    await work(review, context);
    expect(await found()).toEqual([]);
    await configure("");
    const merge = pathOf("/repos/{owner}/{repo}/pulls/{pull_number}/merge");
    stage.sandbox.faults.add({ method: "PUT", path: merge, status: 502 });
    await expect(work(review, context)).rejects.toMatchObject({ code: "github-unavailable" });
    expect(await found()).toEqual([review]);
  });
});
