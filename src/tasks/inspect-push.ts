import type { RegistryHost } from "../github/port.ts";
import { renderConfigurationProblems } from "../policy/messages.ts";
import { configurationPath } from "../registry/tree.ts";
import { readBaseAt } from "./base.ts";
import { judgeUncovered, nothingJudged } from "./judge-uncovered.ts";
import type { ReviewContext } from "./read-review.ts";
import { noProgress, type Progress } from "./reconcile.ts";
import { sameCheckRun } from "./same-check-run.ts";

export interface PushInspection {
  /** Problems of the configuration that the push brought. */
  readonly configurationProblems: readonly string[];
  /** Open pull requests whose verdict rests on what the push changed. */
  readonly reviewAgain: readonly number[];
  /** Set when the push could not be judged yet. */
  readonly lookAgain: { readonly at: string | null } | null;
  /** Commits of which nothing is published before they are judged, newest first. */
  readonly pending: readonly string[];
}

/**
 * After a push to the default branch: reports a broken configuration on its commit, judges what no pull request's verdict
 * covers, and finds the pull requests that have to be judged anew.
 */
export async function inspectPush(
  context: ReviewContext & { readonly host: RegistryHost },
  /** No paths at all: it is not known which files the push touched. */
  push: { readonly commit: string; readonly paths: readonly string[] },
  progress: Progress = noProgress(),
): Promise<PushInspection> {
  const { host } = context;
  const unknown = push.paths.length === 0;
  const touchesConfiguration = unknown || push.paths.includes(configurationPath);
  const touchesKeys = unknown || push.paths.some((path) => path.startsWith("keys/"));
  const configurationProblems = touchesConfiguration ? await reportConfiguration(context, push.commit) : [];
  const judged =
    configurationProblems.length > 0 ? nothingJudged : await judgeUncovered(context, push.commit, progress);
  const reviewAgain =
    touchesConfiguration || touchesKeys
      ? (await host.listOpenPullRequests()).map(({ number }) => number)
      : touching(progress, push.paths);
  return { configurationProblems, reviewAgain, ...judged };
}

/** Of the pull requests that were open when they were reviewed, those that touch one of these records. */
const touching = ({ touched }: Progress, paths: readonly string[]): readonly number[] =>
  [...touched].filter(([, own]) => own.some((path) => paths.includes(path))).map(([number]) => number);

/** At the commit that was pushed: the tip may be another one by now, and its push says nothing of this file. */
async function reportConfiguration(
  { host, now }: { readonly host: RegistryHost; readonly now: () => Date },
  commit: string,
): Promise<readonly string[]> {
  const { configurationProblems } = await readBaseAt(host, commit);
  if (configurationProblems.length === 0) return [];
  const known = await host.findCheckRun(commit);
  const run = renderConfigurationProblems(commit, configurationProblems, now().toISOString());
  if (known === null || !sameCheckRun(known, run)) await host.createCheckRun(run);
  return configurationProblems;
}
