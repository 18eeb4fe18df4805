import type { PostedCheckRun, PullRequest, RegistryHost } from "../github/port.ts";
import { renderArchivesProgress } from "../policy/messages/archives-progress.ts";
import type { ArchiveProgress } from "../upstream/port.ts";

/** Where reading archives tells how far it has come; `end` says whether anything was told. */
export interface ArchivesReport {
  /** For each version, by any name that is its own. */
  of(version: string): (progress: ArchiveProgress) => void;
  end(): Promise<boolean>;
}

/** Most reviews have read everything long before the first; later ones come at the pace at which a page is looked at. */
const firstAfterMs = 10_000;
const everyMs = 30_000;
/** Of the 80 content-creating writes a minute, and 500 an hour, that GitHub allows in all. */
const mostWrites = 30;

/**
 * A check in progress that tells "3 of 14 archives". Only where the head has no run of ours yet: a posted verdict stays, since
 * approvals answer it, and so does what stands in its run. A write that fails is left out; the verdict comes anyway.
 */
export function archivesReport(
  { host, now }: { readonly host: RegistryHost; readonly now: () => Date },
  { pullRequest, runs }: { readonly pullRequest: PullRequest; readonly runs: readonly PostedCheckRun[] },
): ArchivesReport {
  const { number, headSha } = pullRequest;
  const versions = new Map<string, ArchiveProgress>();
  let next = now().getTime() + firstAfterMs;
  let writes = 0;
  let writing: Promise<void> | null = null;

  const write = async () => {
    const run = renderArchivesProgress({ number, headSha, now: now().toISOString(), progress: [...versions.values()] });
    const known = writes === 1 ? [] : await host.listCheckRuns(headSha);
    const own = known.find(({ externalId }) => externalId === run.externalId);
    await (own === undefined ? host.createCheckRun(run) : host.updateCheckRun(own.id, run));
  };

  return {
    of: (version) => (progress) => {
      versions.set(version, progress);
      const time = now().getTime();
      if (runs.length > 0 || writing !== null || time < next || writes === mostWrites) return;
      next = time + everyMs;
      writes += 1;
      writing = write()
        .catch(() => undefined)
        .finally(() => {
          writing = null;
        });
    },
    async end() {
      await writing;
      return writes > 0;
    },
  };
}
