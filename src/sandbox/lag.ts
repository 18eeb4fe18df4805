import type { Repository } from "./entities/repository.ts";
import type { Pull, Thread } from "./entities/thread.ts";
import { listRefs } from "./git/refs.ts";

export interface LagWish {
  /** `owner/name`. */
  readonly repository: string;
  /** How late readers see what changes: 0 ends it, Infinity lasts until then. */
  readonly ms: number;
  /** Which reads; default: all of the REST API and GraphQL. Matched as other faults are. */
  readonly path?: RegExp;
}

interface Lagging {
  readonly ms: number;
  readonly path: RegExp;
  /** Oldest first. */
  readonly past: { readonly at: number; readonly repository: Repository }[];
}

/**
 * GitHub reads from copies that are behind: who has just written may not see it yet. While a repository lags, its state is
 * copied whenever it changed, and reads are answered from the copy that was true so many milliseconds ago. Writes always
 * see the present, and so do git and downloads.
 */
export class Lag {
  readonly #lagging = new Map<number, Lagging>();

  set(repository: Repository, { ms, path = /^/ }: Omit<LagWish, "repository">): void {
    if (ms <= 0) {
      this.#lagging.delete(repository.id);
      return;
    }
    this.#lagging.set(repository.id, { ms, path, past: [{ at: performance.now(), repository: copyOf(repository) }] });
  }

  /** To be called after every change. */
  changed(repository: Repository): void {
    this.#lagging.get(repository.id)?.past.push({ at: performance.now(), repository: copyOf(repository) });
  }

  /** The repository as a reader of this path sees it. */
  view(repository: Repository, path: string): Repository {
    const lagging = this.#lagging.get(repository.id);
    if (lagging === undefined || path.search(lagging.path) < 0) return repository;
    const { past, ms } = lagging;
    const then = performance.now() - ms;
    // What nobody can be shown any more goes; the first one stands for all the time before.
    while ((past[1]?.at ?? Number.POSITIVE_INFINITY) <= then) past.shift();
    const [shown] = past;
    return shown === undefined || (past.length === 1 && shown.at <= then) ? repository : shown.repository;
  }
}

/** Deep enough that no later change reaches it; accounts, apps and other repositories are the present ones. */
function copyOf(repository: Repository): Repository {
  const copy: Repository = {
    ...repository,
    git: repository.git.frozen(new Map(listRefs(repository.git, "refs/").map(({ name, sha }) => [name, sha]))),
    merge: { ...repository.merge },
    roles: new Map(repository.roles),
    rulesets: repository.rulesets.map((ruleset) => ({ ...ruleset })),
    labels: [...repository.labels],
    threads: new Map(),
    releases: repository.releases.map((release) => ({
      ...release,
      assets: release.assets.map((asset) => ({ ...asset })),
    })),
    suites: repository.suites.map((suite) => {
      const copied = { ...suite, runs: [] as typeof suite.runs };
      copied.runs.push(
        ...suite.runs.map((run) => ({
          ...run,
          suite: copied,
          output: { ...run.output },
          annotations: [...run.annotations],
        })),
      );
      return copied;
    }),
    statuses: [...repository.statuses],
    workflowRuns: repository.workflowRuns.map((run) => ({ ...run })),
    disabledWorkflows: new Set(repository.disabledWorkflows),
    burnedTags: new Set(repository.burnedTags),
  };
  for (const [number, thread] of repository.threads) copy.threads.set(number, copyThread(thread, copy));
  return copy;
}

function copyThread(thread: Thread, repository: Repository): Thread {
  const { pull } = thread;
  return {
    ...thread,
    repository,
    labels: [...thread.labels],
    comments: thread.comments.map((comment) => ({ ...comment })),
    pull: pull === null ? null : copyPull(pull, { from: thread.repository, to: repository }),
  };
}

function copyPull(pull: Pull, { from, to }: { from: Repository; to: Repository }): Pull {
  return {
    ...pull,
    base: { ...pull.base },
    head: { ...pull.head, repository: pull.head.repository === from ? to : pull.head.repository },
    mergeability: pull.mergeability === null ? null : { ...pull.mergeability },
    requested: [...pull.requested],
    reviews: pull.reviews.map((review) => ({ ...review })),
    reviewComments: pull.reviewComments.map((comment) => ({ ...comment })),
  };
}
