// Longer than 250 lines on purpose: one GitHub in memory, whose parts share one state.
import { createHash } from "node:crypto";
import type { CheckRun, Note, PostedCheckRun, PullRequest, RegistryHost, Review } from "../../../src/github/port.ts";
import { RegistrarError } from "../../../src/registry/errors.ts";
import { configurationPath, type RegistryHistory, type TreeFile } from "../../../src/registry/tree.ts";
import { createLock } from "../../../src/tasks/lock.ts";
import { noProgress, type Progress } from "../../../src/tasks/reconcile.ts";
import type { ReviewTaskContext } from "../../../src/tasks/review-pull-request.ts";
import type { ProviderEvidence } from "../../../src/upstream/evidence.ts";
import type { ParsedKeyFile } from "../../../src/upstream/parsed-key.ts";
import type { Upstream } from "../../../src/upstream/port.ts";
import { pretty, recordText } from "../builders/records.ts";
import { type Json, missing, type Release, registeredKey, release, upstreamIds } from "../builders/release.ts";

/**
 * A GitHub in memory, as far as reviewing, merging and publishing ask it, with everything that people do to it. It is there for
 * long random stories: the local GitHub of the sandbox plays some hundred requests a second, this one some hundred thousand.
 */

export type Files = Readonly<Record<string, string>>;
interface Commit {
  readonly files: Files;
  readonly parents: readonly string[];
  readonly by: number;
}
interface Pull {
  readonly number: number;
  readonly author: number;
  readonly headBranch: string;
  headSha: string;
  base: string;
  state: "open" | "closed";
  merged: string | null;
  draft: boolean;
  closer: number | null;
}

export const who = { bot: 1, mia: 2, max: 3, carl: 4, rita: 5, helper: 6 } as const;
export type Who = keyof typeof who;
const nameOf = (id: number): string => Object.entries(who).find(([, known]) => known === id)?.[0] ?? "ghost";

export const records = { dns: "providers/acme/dns.json", mail: "providers/acme/mail.json" } as const;
export type RecordName = keyof typeof records;
/** What upstream has under a version: fine; fine and uploaded again; other files; nothing. */
export const upstreams = ["fine", "again", "other", "gone"] as const;
export type UpstreamState = (typeof upstreams)[number];
export const configurations = {
  plain: "policy:\n  settle: 0s\n",
  paused: "paused: true\npolicy:\n  settle: 0s\n",
  blocking: "policy:\n  settle: 0s\nblocked:\n  addresses: [acme/dns, acme/mail]\n",
  broken: "polcy: {}\n",
} as const;
const keyPath = "keys/acme/releases.asc";
export const versionOf = { dns: "1.1.0", mail: "0.1.0" } as const;

const hash = (text: string): string => createHash("sha1").update(text).digest("hex");

export class World {
  now = Date.parse("2026-03-01T12:00:00Z");
  readonly commits = new Map<string, Commit>();
  readonly branches = new Map<string, string>();
  readonly pulls: Pull[] = [];
  readonly runs: PostedCheckRun[] = [];
  readonly reviews = new Map<number, Review[]>();
  readonly notes = new Map<number, Note>();
  readonly comments: { id: number; number: number; body: string }[] = [];
  readonly maintainers = new Set<number>([who.mia, who.max]);
  upstream: Record<RecordName, UpstreamState> = { dns: "fine", mail: "fine" };
  #blobs = new Map<string, string>();
  #made = 0;
  /** Called before each request; what it does happens in between, what it throws is the request's answer. */
  onRequest: (name: string) => void = () => {};
  /** Called after a write is done; what it throws is heard instead of its answer. */
  onDone: (name: string) => void = () => {};
  onMerge: (pull: Pull) => void = () => {};
  locked = false;
  progress: Progress = noProgress();

  constructor() {
    const files = {
      [records.dns]: recordText("acme/dns", ["1.0.0"]),
      "providers/globex/queue.json": recordText("globex/queue", ["1.0.0"]),
      [keyPath]: registeredKey,
      "keys/globex/releases.asc": registeredKey,
      [configurationPath]: configurations.plain,
    };
    const main = this.commit({ files, parents: [], by: who.mia });
    this.branches.set("main", main);
    this.branches.set("staging", main);
    this.progress.covered.add(main);
  }

  commit(commit: Commit): string {
    this.#made += 1;
    const sha = hash(`${this.#made} ${JSON.stringify(commit)}`);
    this.commits.set(sha, commit);
    return sha;
  }

  filesAt(sha: string): Files {
    const commit = this.commits.get(sha);
    if (commit === undefined) throw new Error(`no commit ${sha}`);
    return commit.files;
  }
  tip(branch = "main"): string {
    return this.branches.get(branch) ?? "";
  }
  pull(number: number): Pull {
    const pull = this.pulls[number - 1];
    if (pull === undefined) throw new RegistrarError("github-missing", `no pull request ${number}`);
    return pull;
  }

  /** Pushes past every rule, as an owner on bypass can. */
  push(edits: Readonly<Record<string, string | null>>, branch = "main"): void {
    this.branches.set(
      branch,
      this.commit({ files: edited(this.filesAt(this.tip(branch)), edits), parents: [this.tip(branch)], by: who.mia }),
    );
  }

  /** A commit on the newest base, by somebody, for a pull request. */
  headFor(edits: Readonly<Record<string, string | null>>, by: number, from = this.tip()): string {
    return this.commit({ files: edited(this.filesAt(from), edits), parents: [from], by });
  }
  open(headSha: string, by: number, headBranch = `branch-${this.pulls.length}`): Pull {
    const number = this.pulls.length + 1;
    const pull: Pull = {
      ...{ number, author: by, headBranch, headSha, base: "main", state: "open" as const },
      ...{ merged: null, draft: false, closer: null },
    };
    this.pulls.push(pull);
    return pull;
  }
  review(number: number, by: Who, state: string): void {
    const list = this.reviews.get(number) ?? [];
    this.reviews.set(number, list);
    const isBot = by === "helper" || by === "bot";
    list.push({
      reviewer: { id: who[by], login: by, isBot },
      ...{ state, body: "", headSha: this.pull(number).headSha, submittedAt: this.time() },
    });
  }
  /** As GitHub writes times: whole seconds. */
  time(): string {
    return `${new Date(this.now).toISOString().slice(0, 19)}Z`;
  }

  /** Of a version as upstream has it now. */
  released(name: RecordName): Release {
    const fine = release(versionOf[name], { of: `acme/${name}` });
    switch (this.upstream[name]) {
      case "fine":
        return fine;
      case "again":
        return fine.withAsset("linux", { id: 2, updatedAt: "2026-02-20T12:00:00Z" });
      case "other":
        return fine.withAsset("linux", { sha256: "ee".repeat(32) });
      case "gone":
        return fine.with({ release: missing() });
    }
  }

  /** The record on a commit with one more version, right or with another hash. */
  recordWith(name: RecordName, wrong: boolean, from = this.tip()): string {
    const { entry } = release(versionOf[name], { of: `acme/${name}` });
    const targets = (entry.targets as Json[]).map((target) => ({ ...target, shasum: "0123456789abcdef".repeat(4) }));
    const text = this.filesAt(from)[records[name]];
    const record = text === undefined ? { ...upstreamIds, versions: [] } : (JSON.parse(text) as { versions: Json[] });
    return pretty({ ...record, versions: [wrong ? { ...entry, targets } : entry, ...record.versions] });
  }

  blob(text: string): string {
    const id = hash(`blob ${text}`);
    this.#blobs.set(id, text);
    return id;
  }
  treeAt(sha: string): TreeFile[] {
    return Object.entries(this.filesAt(sha)).map(([path, text]) => ({
      ...{ path, mode: "100644", size: Buffer.byteLength(text), id: this.blob(text) },
    }));
  }
  ancestors(sha: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const queue = [sha];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...(this.commits.get(next)?.parents ?? []));
    }
    return seen;
  }
  mergeBase(base: string, head: string): string {
    const known = this.ancestors(base);
    let sha: string | undefined = head;
    while (sha !== undefined && !known.has(sha)) sha = this.commits.get(sha)?.parents[0];
    return sha ?? "";
  }

  /** As GitHub merges: file by file, and where both sides changed a record, both texts as git would often put them together. */
  merged(base: string, head: string): Files {
    const [from, ours, theirs] = [this.filesAt(this.mergeBase(base, head)), this.filesAt(base), this.filesAt(head)];
    const edits: Record<string, string | null> = {};
    for (const path of new Set([...Object.keys(from), ...Object.keys(theirs)])) {
      if (theirs[path] === from[path]) continue;
      const clean = ours[path] === from[path] || ours[path] === theirs[path];
      edits[path] = clean ? (theirs[path] ?? null) : bothTexts(ours[path], theirs[path]);
    }
    return edited(ours, edits);
  }

  readonly host: RegistryHost = this.#host();

  #host(): RegistryHost {
    const host: Partial<RegistryHost> = {
      readIdentity: async () => ({
        ...{ repositoryId: 1, fullName: "example/registry", defaultBranch: "main" },
        ...{ deletesMergedBranches: true, botId: who.bot },
      }),
      readTip: async (branch) => this.tip(branch),
      findBranchTip: async (branch) => this.branches.get(branch) ?? null,
      readPullRequest: async (number) => this.#present(this.pull(number)),
      listOpenPullRequests: async () =>
        this.pulls.filter(({ state }) => state === "open").map((pull) => this.#present(pull)),
      findPullRequest: async (branch, state) => {
        const found = this.pulls.findLast(
          (one) => one.headBranch === branch && (state === "all" || one.state === "open"),
        );
        return found === undefined ? null : this.#present(found);
      },
      compare: async (from, head) => {
        const base = from === "main" ? this.tip() : from;
        const mergeBase = this.mergeBase(base, head);
        const [before, after] = [this.filesAt(mergeBase), this.filesAt(head)];
        const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        const files = paths
          .filter((path) => before[path] !== after[path])
          .map((path) => ({ path, previousPath: null }));
        return { base, mergeBase, complete: true, linear: true, commits: 1, files };
      },
      listFiles: async (commit, paths) =>
        this.treeAt(commit).filter((file) =>
          paths.some((path) => file.path === path || file.path.startsWith(`${path}/`)),
        ),
      readBlob: async (id) => new TextEncoder().encode(this.#blobs.get(id) ?? ""),
      findCheckRun: async (sha) => this.#runsOf(sha)[0] ?? null,
      listCheckRuns: async (sha) => this.#runsOf(sha),
      readParents: async (sha) => this.commits.get(sha)?.parents ?? [],
      listBranches: async (prefix) =>
        [...this.branches].filter(([name]) => name.startsWith(prefix)).map(([name, sha]) => ({ name, sha })),
      listCommits: async (of) => {
        const list: { sha: string; parents: readonly string[] }[] = [];
        for (const sha of this.ancestors(of)) list.push({ sha, parents: this.commits.get(sha)?.parents ?? [] });
        return list;
      },
      listMergesOf: async (sha) => this.pulls.filter(({ merged }) => merged === sha).map((pull) => this.#merge(pull)),
      listRecentMerges: async () => this.pulls.filter(({ merged }) => merged !== null).map((pull) => this.#merge(pull)),
      readCloser: async (number) => {
        const { closer } = this.pull(number);
        return closer === null ? null : { id: closer, login: nameOf(closer) };
      },
      findComment: async (number, marker) =>
        this.comments.find((one) => one.number === number && one.body.startsWith(marker)) ?? null,
      listComments: async () => [],
      listCommentsSince: async () => [],
      readNote: async (number) => this.notes.get(number) ?? null,
      listReviews: async (number) => [...(this.reviews.get(number) ?? [])],
      readCommitPeople: async (sha) => [this.commits.get(sha)?.by ?? 0],
      maintains: async (_login, id) => this.maintainers.has(id),
      listMaintainers: async () => [...this.maintainers].map((id) => ({ id, login: nameOf(id) })),
      requestReviews: async () => {},
      createCheckRun: async (run) => this.#post(run),
      updateCheckRun: async (id, run) => {
        const at = this.runs.findIndex((known) => known.id === id);
        this.runs[at] = { ...run, id };
      },
      writeNote: async (number, note) => void this.notes.set(number, note),
      createComment: async (number, body) => void this.comments.push({ id: this.comments.length + 1, number, body }),
      updateComment: async (id, body) => {
        const comment = this.comments.find((one) => one.id === id);
        if (comment !== undefined) comment.body = body;
      },
      createReview: async ({ number, event }) =>
        this.review(number, "bot", event === "APPROVE" ? "APPROVED" : "COMMENTED"),
      changeLabels: async () => {},
      merge: async ({ number, headSha }) => this.#mergeNow(this.pull(number), headSha),
      writeBranch: async ({ branch, base, files }) => {
        const edits = Object.fromEntries(files.map(({ path, text }) => [path, text]));
        const sha = this.headFor(edits, who.bot, base);
        this.branches.set(branch, sha);
        for (const pull of this.pulls) if (pull.headBranch === branch && pull.state === "open") pull.headSha = sha;
        return sha;
      },
      openPullRequest: async ({ branch }) => this.open(this.tip(branch), who.bot, branch).number,
      closePullRequest: async (number) => {
        Object.assign(this.pull(number), { state: "closed", closer: who.bot });
      },
      reopenPullRequest: async (number) => {
        Object.assign(this.pull(number), { state: "open", closer: null });
      },
      deleteBranch: async (branch) => void this.branches.delete(branch),
    };
    return new Proxy(host as RegistryHost, {
      get: (target, name: keyof RegistryHost) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          this.now += 20;
          this.onRequest(name);
          const answer = await method(...args);
          if (isWrite(name)) this.onDone(name);
          return answer;
        };
      },
    });
  }

  #present({ number, author, headSha, headBranch, base, state, merged, draft }: Pull): PullRequest {
    return {
      ...{ number, title: "", url: "", state, merged: merged !== null, draft, headSha, headBranch },
      ...{ headRepositoryId: 1, baseBranch: base, author: { id: author, login: nameOf(author) }, changedFiles: 0 },
      ...{ labels: [], mergeable: true, testMerge: null, comments: 0, requestedReviewers: [] },
    } as PullRequest;
  }
  #merge({ number, headSha, headBranch, author, merged }: Pull) {
    return {
      ...{ number, headSha, headBranch, inRegistry: true, authorId: author },
      ...{ mergeCommit: merged ?? "", mergedAt: this.time() },
    };
  }
  #runsOf(sha: string): PostedCheckRun[] {
    return this.runs.filter(({ headSha }) => headSha === sha).toReversed();
  }
  #post(run: CheckRun): void {
    this.runs.push({ ...run, id: this.runs.length + 1 });
  }
  #mergeNow(pull: Pull, headSha: string): string {
    if (pull.state !== "open" || pull.draft) throw new RegistrarError("not-mergeable", "closed, or a draft");
    if (pull.headSha !== headSha) throw new RegistrarError("head-moved", "another head");
    this.onMerge(pull);
    const base = this.tip(pull.base);
    const sha = this.commit({ files: this.merged(base, headSha), parents: [base, headSha], by: who.bot });
    this.branches.set(pull.base, sha);
    Object.assign(pull, { state: "closed", merged: sha });
    this.branches.delete(pull.headBranch);
    return sha;
  }

  /** What tasks work with. A process that starts again has forgotten everything but GitHub. */
  context(): ReviewTaskContext & { readonly progress: Progress } {
    const lock = createLock();
    const readKeys = async (files: readonly { path: string; text: string }[]): Promise<readonly ParsedKeyFile[]> =>
      files.map(({ path, text }) => ({ kind: "key", path, fingerprint: text }) as ParsedKeyFile);
    const upstream: Partial<Upstream> = {
      readRepository: async () => release("1.0.0").evidence.repository,
      readProviderEvidence: async ({ address, keys, now }) => this.#evidence(address.type as RecordName, keys, now),
    };
    return {
      host: this.host,
      upstream: upstream as Upstream,
      keySources: {} as ReviewTaskContext["keySources"],
      readKeys: readKeys as ReviewTaskContext["readKeys"],
      now: () => new Date(this.now),
      serverUrl: "https://github.com",
      evidenceLastsMs: 0,
      progress: this.progress,
      mergeLock: (work) =>
        lock(async () => {
          this.locked = true;
          return work().finally(() => {
            this.locked = false;
          });
        }),
    };
  }

  #evidence(name: RecordName, keys: readonly ParsedKeyFile[], now: Date): ProviderEvidence {
    const known = keys.some((key) => key.kind === "key" && key.fingerprint === registeredKey);
    const unsigned = { accepted: false, problem: "no-keys", verifiedBy: null } as const;
    const { evidence } = known ? this.released(name) : this.released(name).withSignature(unsigned);
    return { ...evidence, readAt: now.toISOString() };
  }

  history(): RegistryHistory {
    const commit = this.tip();
    const files = this.treeAt(commit);
    const texts = this.#blobs;
    const read: Awaited<ReturnType<RegistryHistory["read"]>>["read"] = async function* (wanted) {
      for (const file of wanted) yield { file, bytes: new TextEncoder().encode(texts.get(file.id) ?? "") };
    };
    return { commit, changedSince: async () => null, read: async () => ({ commit, files, read }) };
  }

  forget(): void {
    this.progress = noProgress();
    this.locked = false;
  }

  key(there: boolean): void {
    this.push({ [keyPath]: there ? registeredKey : null });
  }
  hasKey(): boolean {
    return this.filesAt(this.tip())[keyPath] !== undefined;
  }
}

const isWrite = (name: string): boolean => /^(?:create|update|write|change|merge|open|close|reopen|delete)/.test(name);

function edited(files: Files, edits: Readonly<Record<string, string | null>>): Files {
  const result = { ...files };
  for (const [path, text] of Object.entries(edits)) {
    if (text === null) delete result[path];
    else result[path] = text;
  }
  return result;
}

function bothTexts(ours: string | undefined, theirs: string | undefined): string | null {
  if (ours === undefined || theirs === undefined) return theirs ?? ours ?? null;
  const [a, b] = [ours, theirs].map((text) => JSON.parse(text) as { versions: Json[] });
  return pretty({ ...a, versions: [...(b?.versions ?? []), ...(a?.versions ?? [])] });
}
