import type { RegistryHost } from "../github/port.ts";
import { writeComment } from "./living-comment.ts";
import { writeTurnLabel } from "./turn-label.ts";

/** The last word on a merged pull request, the end of its label, and the end of its branch where it was ours. */
export async function announceMerge(
  host: RegistryHost,
  { number, body, branch }: { readonly number: number; readonly body: string; readonly branch: string | null },
): Promise<void> {
  await writeComment(host, { number, body });
  const pullRequest = await host.readPullRequest(number);
  await writeTurnLabel(host, pullRequest, { label: null, dryRun: false });
  const { deletesMergedBranches } = await host.readIdentity();
  if (branch === null || deletesMergedBranches) return;
  // By now it may hold the next version; deleting it would close that pull request.
  const tip = await host.findBranchTip(branch);
  if (tip === pullRequest.headSha) await host.deleteBranch(branch);
}
