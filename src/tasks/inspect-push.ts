import type { RegistryHost } from "../github/port.ts";
import { renderConfigurationProblems } from "../policy/messages.ts";
import { configurationPath } from "../registry/tree.ts";
import { readBase } from "./base.ts";

export interface PushInspection {
  /** Problems of the configuration that the push brought. */
  readonly configurationProblems: readonly string[];
  /** Open pull requests whose verdict rests on what the push changed. */
  readonly reviewAgain: readonly number[];
}

/** After a push to the default branch: reports a broken configuration on its commit, and finds what waits for new keys. */
export async function inspectPush(
  context: { readonly host: RegistryHost; readonly now: () => Date },
  push: { readonly commit: string; readonly paths: readonly string[] },
): Promise<PushInspection> {
  const { host } = context;
  const touchesConfiguration = push.paths.includes(configurationPath);
  const touchesKeys = push.paths.some((path) => path.startsWith("keys/"));
  if (!touchesConfiguration && !touchesKeys) return { configurationProblems: [], reviewAgain: [] };
  const { defaultBranch } = await host.readIdentity();
  const base = await readBase(host, defaultBranch);
  if (touchesConfiguration && base.commit === push.commit) {
    const known = await host.findCheckRun(push.commit);
    const run = renderConfigurationProblems(push.commit, base.configurationProblems, context.now().toISOString());
    if (base.configurationProblems.length > 0 && known?.title !== run.title) await host.createCheckRun(run);
  }
  const open = await host.listOpenPullRequests();
  return {
    configurationProblems: base.configurationProblems,
    reviewAgain: open.map((pullRequest) => pullRequest.number),
  };
}
