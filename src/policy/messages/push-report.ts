import type { CheckRun } from "../../github/port.ts";
import type { Outcome } from "../../registry/finding.ts";
import type { ReviewInput } from "../../rules/rule.ts";
import type { Verdict } from "../../rules/verdict.ts";
import { checksTable } from "./checks-table.ts";
import { subject } from "./headline.ts";
import { doSection, problemSection } from "./problems.ts";
import { sawSection } from "./saw.ts";

/** The report on a commit of the default branch that came without a pull request. */
export function renderPushReport(push: {
  readonly commit: string;
  readonly input: ReviewInput;
  readonly verdict: Verdict;
  readonly serverUrl: string;
  readonly docsUrl: string | null;
}): CheckRun {
  const { commit, input, verdict, serverUrl, docsUrl } = push;
  const said = verdict.findings.filter(({ outcome }) => outcome !== "pass");
  const what = subject(input.change);
  const titles: Readonly<Record<Outcome, string>> = {
    fail: `${what} was pushed and is wrong`,
    retry: `${what} was pushed and cannot be judged yet`,
    hold: `${what} was pushed without a pull request`,
    pass: `${what} was pushed and is right`,
  };
  const summary = [
    "This commit came to the default branch without a pull request that Registrar judged, so it is judged afterwards, by the same rules.",
    sawSection({ input, headSha: commit, serverUrl }),
    said.length === 0 ? "" : problemSection(said, docsUrl),
    doSection(said),
    checksTable(verdict),
  ];
  return {
    headSha: commit,
    status: verdict.outcome === "retry" ? "in_progress" : "completed",
    // What a maintainer may decide, somebody who may push has decided.
    conclusion: verdict.outcome === "retry" ? null : verdict.outcome === "fail" ? "failure" : "success",
    title: titles[verdict.outcome].slice(0, 255),
    summary: summary.filter((part) => part !== "").join("\n\n"),
    externalId: `${pushIdentity}${commit}`,
    startedAt: input.now,
    annotations: [],
  };
}

/** What the external id of a report on a push begins with. */
export const pushIdentity = "push:";
