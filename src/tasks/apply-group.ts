import type { GroupBranch } from "../bump/group.ts";
import type { BumpBranch } from "../bump/plan.ts";
import { renderGroupBody } from "../policy/messages.ts";
import type { RegistryRecord } from "../registry/record.ts";
import type { Base } from "./base.ts";
import { assertSameBase, type BumpContext, bumpedText } from "./bump-record.ts";

type Member = { readonly record: RegistryRecord; readonly branch: BumpBranch };

/**
 * Makes one branch and pull request with the passing versions of many records. The same set has the same branch, so that
 * a sweep that was cut off goes on where it stopped. Returns the pull request's number; 0 in a dry run.
 */
export async function applyGroup(
  context: BumpContext,
  wish: {
    readonly base: Base;
    readonly defaultBranch: string;
    readonly group: GroupBranch;
    readonly members: readonly Member[];
  },
): Promise<number> {
  const { host } = context;
  const { base, defaultBranch, group, members } = wish;
  const open = await host.findPullRequest(group.branch, "open");
  if (open !== null) return open.number;
  if (context.dryRun === true) return 0;
  await assertSameBase(host, { base, defaultBranch, paths: members.map(({ record }) => record.path) });
  const now = context.now().toISOString();
  await host.writeBranch({
    branch: group.branch,
    base: base.commit,
    message: group.title,
    files: members.map(({ record, branch }) => ({
      path: record.path,
      text: bumpedText(record, branch, { current: null, now }),
      previousId: base.files.find(({ path }) => path === record.path)?.id ?? null,
    })),
  });
  const body = renderGroupBody(members.map(({ record, branch }) => ({ record, versions: branch.versions })));
  return host.openPullRequest({ branch: group.branch, base: defaultBranch, title: group.title, body });
}
