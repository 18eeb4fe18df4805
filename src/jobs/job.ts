/** One piece of work. Jobs carry hints only: whoever works on one reads everything afresh. */
export type Job =
  /** `afresh`: somebody asked for it, and so gets a check run of its own even where nothing has changed. */
  | { readonly kind: "review"; readonly number: number; readonly afresh?: true }
  /** Somebody commented on an issue or pull request, maybe with commands. */
  | { readonly kind: "commands"; readonly number: number }
  /** Somebody asked GitHub to run the check of a commit again: finds the pull requests with that head. */
  | { readonly kind: "rerun"; readonly headSha: string }
  /** Looks at one record's releases; `tag` is the release that an event named. */
  | { readonly kind: "bump"; readonly path: string; readonly tag: string | null }
  /** A release was published or a tag pushed somewhere: finds the records that come from there. */
  | {
      readonly kind: "notice-release";
      readonly repository: string;
      readonly repositoryId: number | null;
      readonly tag: string | null;
    }
  /** The default branch moved: judges its configuration and what waits for keys. */
  | { readonly kind: "inspect-push"; readonly commit: string; readonly paths: readonly string[] }
  /** After a merge: the last word on the pull request, and the end of its branch where it was ours. */
  | { readonly kind: "announce"; readonly number: number; readonly body: string; readonly branch: string | null }
  | { readonly kind: "publish" }
  /** Looks for releases that no event told of; `all` looks at every record, due or not. */
  | { readonly kind: "sweep"; readonly all: boolean }
  /** Looks for work that no event told of, or that was cut off. */
  | { readonly kind: "reconcile" };

/** Jobs of one key are never worked on at the same time. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case "review":
    case "commands":
      return `review:${job.number}`;
    case "rerun":
      return `rerun:${job.headSha}`;
    case "bump":
      return `bump:${job.path}`;
    case "notice-release":
      return `notice:${job.repository.toLowerCase()}`;
    case "announce":
      return `announce:${job.number}`;
    case "inspect-push":
      return "inspect-push";
    case "publish":
      return "publish";
    case "sweep":
      return "sweep";
    case "reconcile":
      return "reconcile";
  }
}

/** Whether a waiting job of the same content makes another one needless. */
export const sameJob = (a: Job, b: Job): boolean => JSON.stringify(a) === JSON.stringify(b);
