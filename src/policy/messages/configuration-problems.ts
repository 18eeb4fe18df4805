import type { CheckRun } from "../../github/port.ts";
import { sentenceToMarkdown } from "../markdown.ts";

/** The check run on a commit that brought a configuration which nobody can read. */
export function renderConfigurationProblems(commit: string, problems: readonly string[], now: string): CheckRun {
  const list = problems.map((problem) => `- ${sentenceToMarkdown(problem)}`).join("\n");
  return {
    headSha: commit,
    status: "completed",
    conclusion: "failure",
    title: `The configuration has ${problems.length} problem(s)`,
    summary: `Registrar cannot read its configuration, so it judges and merges nothing until it is mended:\n\n${list}`,
    externalId: "configuration",
    startedAt: now,
    annotations: [],
  };
}
