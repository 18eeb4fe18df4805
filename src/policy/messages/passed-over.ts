import { listed } from "../../registry/plain-text.ts";
import type { PassedOver } from "../approval.ts";
import { codeSpan } from "../markdown.ts";

const reasons: Readonly<Record<PassedOver["because"], string>> = {
  bot: "is no person",
  author: "has opened this pull request",
  committer: "has committed its head",
  rights: "does not have the permission `maintain` or `admin` here",
  "old-head": "has approved another commit",
  "old-verdict": "has approved before this verdict was there, so read it and approve again",
};

/** Whose approvals do not lift anything, and why; empty where there are none. Markdown. */
export function renderPassedOver(approvals: readonly PassedOver[]): string {
  if (approvals.length === 0) return "";
  const people = approvals.map(({ login, because }) => `${codeSpan(login)} ${reasons[because]}`);
  return ` What does not count so far: ${listed(people, 5)}.`;
}
