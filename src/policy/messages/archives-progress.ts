import type { CheckRun } from "../../github/port.ts";
import type { ArchiveProgress } from "../../upstream/port.ts";

/** The check while archives are still being read. The verdict takes its place. */
export function renderArchivesProgress(of: {
  readonly number: number;
  readonly headSha: string;
  readonly now: string;
  /** One for each version. */
  readonly progress: readonly ArchiveProgress[];
}): CheckRun {
  const sum = (value: (one: ArchiveProgress) => number) => of.progress.reduce((all, one) => all + value(one), 0);
  const [done, total] = [sum((one) => one.done), sum((one) => one.total)];
  const [bytes, totalBytes] = [sum((one) => one.bytes), sum((one) => one.totalBytes)];
  const downloaded =
    totalBytes === 0
      ? ""
      : ` ${megabytes(bytes)} of ${megabytes(totalBytes)} MB are downloaded, as far as is known yet.`;
  return {
    headSha: of.headSha,
    status: "in_progress",
    conclusion: null,
    title: `Reading archives: ${done} of ${total}`,
    summary: `Registrar reads the archives of this pull request, to compare them with what was signed: ${done} of ${total} are done.${downloaded} Nothing is needed from you; the verdict takes the place of this text.`,
    externalId: `${of.number}:archives`,
    startedAt: of.now,
    annotations: [],
  };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
