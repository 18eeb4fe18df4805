import type { RegistryHost } from "../github/port.ts";
import { renderConfigurationProblems } from "../policy/messages.ts";
import { configurationPath } from "../registry/tree.ts";
import { readBaseAt } from "./base.ts";
import { sameCheckRun } from "./same-check-run.ts";

export interface PushInspection {
  /** Problems of the configuration that the push brought. */
  readonly configurationProblems: readonly string[];
  /** Open pull requests whose verdict rests on what the push changed. */
  readonly reviewAgain: readonly number[];
}

/** After a push to the default branch: reports a broken configuration on its commit, and finds what waits for new keys. */
export async function inspectPush(
  context: { readonly host: RegistryHost; readonly now: () => Date },
  /** No paths at all: it is not known which files the push touched. */
  push: { readonly commit: string; readonly paths: readonly string[] },
): Promise<PushInspection> {
  const { host } = context;
  const unknown = push.paths.length === 0;
  const touchesConfiguration = unknown || push.paths.includes(configurationPath);
  const touchesKeys = unknown || push.paths.some((path) => path.startsWith("keys/"));
  if (!touchesConfiguration && !touchesKeys) return { configurationProblems: [], reviewAgain: [] };
  const configurationProblems = touchesConfiguration ? await reportConfiguration(context, push.commit) : [];
  const open = await host.listOpenPullRequests();
  return { configurationProblems, reviewAgain: open.map((pullRequest) => pullRequest.number) };
}

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
