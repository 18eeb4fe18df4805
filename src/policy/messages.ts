// Longer than 250 lines on purpose: every text that people read outside of rules is here, so that it speaks with one voice.
import type { CheckRun, LabelStyle } from "../github/port.ts";
import { addressText } from "../registry/address.ts";
import type { Change } from "../registry/change.ts";
import type { Finding, Outcome } from "../registry/finding.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import type { RegistryRecord } from "../registry/record.ts";
import type { ModuleVersion, ProviderVersion } from "../registry/schema.ts";
import { rules } from "../rules/index.ts";
import type { ReviewInput } from "../rules/rule.ts";
import type { Verdict } from "../rules/verdict.ts";
import type { Decision } from "./decision.ts";
import { codeSpan, escapeMarkdown, sentenceToMarkdown } from "./markdown.ts";

/** The first line of the living comment, by which it is found again. GitHub does not show it. */
export const commentMarker = "<!-- registrar:comment -->";

/** Labels that say whose turn it is; a pull request has at most one of them. Never a label of anybody else. */
export const turnLabels = {
  author: {
    name: "registrar: author",
    color: "d93f0b",
    description: "Somebody has to change something; Registrar's comment says who and what.",
  },
  maintainer: {
    name: "registrar: maintainer",
    color: "fbca04",
    description: "A maintainer of the registry decides; Registrar's comment says about what.",
  },
  waiting: {
    name: "registrar: waiting",
    color: "c5def5",
    description: "Nothing to do: Registrar looks at it again by itself.",
  },
} as const satisfies Readonly<Record<string, LabelStyle>>;

const icons: Readonly<Record<Outcome, string>> = { fail: "❌", retry: "⏳", hold: "✋", pass: "✅" };
/** Longest lists that people read in a comment; the rest is counted. */
const mostFindings = 25;

/** What a comment, a check and a review are written from. */
export interface Story {
  readonly input: ReviewInput;
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly headSha: string;
  /** Set once the pull request is merged. */
  readonly merged: boolean;
  /** Where the release pages are, e.g. `https://github.com`. */
  readonly serverUrl: string;
  /** Whether it is a bump of ours that a sweep made of many records. */
  readonly grouped: boolean;
}

/** A grouped bump is merged as a whole or not at all: one version that does not pass must not hold up the others. */
export const isUngrouped = ({ grouped, decision }: Pick<Story, "grouped" | "decision">): boolean =>
  grouped && ["blocked", "ask-maintainers", "outdated"].includes(decision.kind);

/** One line that says how things stand; at most 255 characters, plain text. */
export function headline({ input, decision, merged }: Story): string {
  const what = subject(input.change);
  if (merged) return `${what} is verified and merged`;
  switch (decision.kind) {
    case "not-ours":
      return decision.harmless ? "Not a change of the registry" : "Not a change of the registry's default branch";
    case "misconfigured":
      return "The registry's configuration has to be mended first";
    case "merge":
      return `${what}${isVerified}`;
    case "ready":
      return `${what} is verified; ${decision.because === "draft" ? "this is a draft" : "merging is paused"}`;
    case "duplicate":
      return `The same commit as pull request ${decision.of}`;
    case "outdated":
      return `${what} is right, but the branch ${decision.because === "conflict" ? "conflicts with the base" : "is behind"}`;
    case "blocked":
      return `${what} cannot be merged as it is`;
    case "wait":
      return `${what} has to wait`;
    case "ask-maintainers":
      return `${what} waits for a maintainer`;
  }
}

/** "acme/dns 1.3.0", "acme/dns (3 versions)", "2 records", …; plain text. */
export function subject(change: Change): string {
  const [only, ...others] = change.records;
  if (only !== undefined && others.length > 0) return `A change of ${change.records.length} records`;
  if (only === undefined) return change.keys.length > 0 ? "A change of signing keys" : "This change";
  const touched = [...only.added, ...only.altered.map((altered) => altered.after), ...only.removed];
  const address = plainText(addressText(only.address), 120);
  const [version] = touched;
  if (touched.length === 1 && version !== undefined) return `${address} ${plainText(version.version, 60)}`;
  return touched.length === 0 ? address : `${address} (${touched.length} versions)`;
}

/** The living comment: what was seen, what is wrong, what to do, who is next. Markdown. */
export function renderComment(story: Story): string {
  const { verdict, decision, merged } = story;
  const icon = merged ? "🎉" : decision.kind === "not-ours" ? "ℹ️" : icons[verdict.outcome];
  const problems = onePerPlace(verdict.findings.filter((finding) => finding.outcome !== "pass"));
  const notices = verdict.findings.filter((finding) => finding.notice === true);
  const parts = [
    commentMarker,
    `### ${icon} ${escapeMarkdown(headline(story))}`,
    sawSection(story),
    merged || problems.length === 0 ? "" : problemSection(problems),
    merged ? "" : doSection(problems),
    notices.length === 0 ? "" : noticeSection(notices),
    `${whoIsNext} ${nextStep(story)}`,
    checksTable(verdict),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Two rules may object to one value; people need to read of it once. The folded table has both. */
function onePerPlace(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ path, pointer, outcome }) => {
    if (pointer?.endsWith("/shasum") !== true) return true;
    const place = `${outcome} ${path} ${pointer}`;
    return !seen.has(place) && seen.add(place);
  });
}

/**
 * The last word on a merge whose own was cut off, made from what its check run still says. Markdown. Null where the check
 * says something else than that all is verified: what is none of ours is merged by others, and needs no word from us.
 */
export function renderAnnouncement({ title, summary }: Pick<CheckRun, "title" | "summary">): string | null {
  if (!title.endsWith(isVerified)) return null;
  const [, ...lines] = summary.split("\n");
  const told = lines.map((line) => (line.startsWith(whoIsNext) ? `${whoIsNext} ${publishedSoon}` : line));
  return [commentMarker, "", `${mergedHeading} ${escapeMarkdown(`${title} and merged`)}`, ...told].join("\n");
}

/** Whether a comment of ours is the last word on its pull request. */
export const isAnnouncement = (body: string): boolean => body.startsWith(`${commentMarker}\n\n${mergedHeading}`);

const isVerified = " is verified";
const mergedHeading = "### 🎉";
const whoIsNext = "**Who is next.**";
const publishedSoon = "Nobody. The published registry follows within moments.";

function sawSection({ input, headSha, serverUrl }: Pick<Story, "input" | "headSha" | "serverUrl">): string {
  const lines = input.change.records.map((record) => {
    const address = codeSpan(plainText(addressText(record.address)));
    const acts = [
      ...(record.before === null ? ["new record"] : []),
      ...countOf("adds", record.added),
      ...countOf(
        "rewrites",
        record.altered.map((altered) => altered.after),
      ),
      ...countOf("removes", record.removed),
    ];
    const doing = acts.length === 0 ? "changes outside its versions" : acts.join("; ");
    return `- ${address}: ${doing}${releasesOf(record.path, input, serverUrl)}`;
  });
  const keys = input.change.keys.map((file) => `- signing key ${codeSpan(plainText(file.path))}`);
  return [`**What I saw** at head ${codeSpan(headSha.slice(0, 12))}:`, ...lines, ...keys].join("\n");
}

function countOf(verb: string, entries: readonly { readonly version: string }[]): string[] {
  if (entries.length === 0) return [];
  return [`${verb} ${listed(entries.map((entry) => codeSpan(plainText(entry.version, 60))))}`];
}

function releasesOf(path: string, input: ReviewInput, serverUrl: string): string {
  const found = Object.entries(input.evidence).flatMap(([key, evidence]) => {
    if (!key.startsWith(`${path}@`)) return [];
    const page = `${serverUrl}/${encodeURI(evidence.asked)}`;
    if (evidence.kind === "module") {
      if (evidence.tag.kind !== "found") return [];
      const { name, commit } = evidence.tag;
      const url = `${page}/tree/${encodeURIComponent(name)}`;
      return [`[tag ${escapeMarkdown(plainText(name, 60))}](<${url}>) at commit ${codeSpan(commit.slice(0, 12))}`];
    }
    if (evidence.release.kind !== "found") return [];
    const { tag, assets } = evidence.release;
    const url = `${page}/releases/tag/${encodeURIComponent(tag)}`;
    return [`[release ${escapeMarkdown(plainText(tag, 60))}](<${url}>) with ${assets.length} files`];
  });
  return found.length === 0 ? "" : `, from ${listed(found, 3)}`;
}

function problemSection(problems: readonly Finding[]): string {
  const rows = problems
    .slice(0, mostFindings)
    .map((finding) => `- ${icons[finding.outcome]} ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)}`);
  if (problems.length > mostFindings) rows.push(`- … and ${problems.length - mostFindings} more, in the check.`);
  return ["**What is wrong**", ...rows].join("\n");
}

function doSection(problems: readonly Finding[]): string {
  const steps = [...new Set(problems.flatMap((finding) => (finding.next === undefined ? [] : [finding.next])))];
  if (steps.length === 0) return "";
  return ["**What to do**", ...steps.slice(0, 10).map((step) => `1. ${sentenceToMarkdown(step)}`)].join("\n");
}

function noticeSection(notices: readonly Finding[]): string {
  const rows = notices.slice(0, 10).map((finding) => `- ${sentenceToMarkdown(finding.message)}`);
  return ["**Good to know**", ...rows].join("\n");
}

const outdatedNext = {
  "base-moved":
    "The contributor: the base has changed the same file since. Update the branch: by the button below, or by merging the base into it. Where that conflicts, keep the versions of both sides.",
  conflict:
    "The contributor: the base has changed the same lines since, and GitHub cannot merge both. Merge the base into your branch, keep the versions of both sides, newest first, and push; or add yours anew on top of the base. Either is judged again at once.",
  history:
    "The contributor: the branch's history has merges, and merging it would change more than this pull request shows. Make the change anew on top of the base (rebase).",
} as const;

function nextStep(story: Story): string {
  const { decision, input, merged } = story;
  if (merged) {
    const lifted =
      decision.kind === "merge" && decision.liftedBy !== null ? ` ${codeSpan(decision.liftedBy)} approved it.` : "";
    return lifted === "" ? publishedSoon : `Nobody.${lifted} The published registry follows within moments.`;
  }
  if (isUngrouped(story)) {
    return "Registrar: it closes this pull request and makes one for each record, so that one does not hold up the others.";
  }
  const fixer = input.byRegistrar ? "The author of the release" : "The contributor of this pull request";
  switch (decision.kind) {
    case "not-ours":
      return `The maintainers: Registrar merges changes of records only. ${escapeMarkdown(decision.reason)}`;
    case "misconfigured":
      return `The registry's operators: ${listed(
        decision.problems.map((problem) => sentenceToMarkdown(problem)),
        20,
      )} Nothing is merged before that.`;
    case "merge":
      return "Registrar: it merges this now.";
    case "ready":
      return decision.because === "draft"
        ? "The contributor: mark this pull request as ready for review."
        : "The maintainers: `paused` is set in the registry's configuration.";
    case "duplicate":
      return `The contributor: close one of the two. A check belongs to a commit, so pull request ${decision.of} is the one that is judged.`;
    case "outdated":
      return decision.rebuild ? "Registrar: it makes the branch anew." : outdatedNext[decision.because];
    case "blocked":
      return input.byRegistrar
        ? `${fixer}. A correct new release gets a pull request of its own; this version stays out of the registry.`
        : `${fixer}. Push a correction to this branch; it is judged again at once.`;
    case "wait":
      return decision.until === null
        ? "Registrar: it looks again by itself, with growing pauses. Nothing is needed from you."
        : `Registrar: it looks again at ${decision.until}. Nothing is needed from you.`;
    case "ask-maintainers":
      return decision.liftable
        ? "A maintainer of this registry decides: an approving review of this commit lets Registrar merge it. It counts when it comes from a person with the permission `maintain` or `admin` who has neither opened this pull request nor committed to it."
        : "The author or a maintainer: what is described above has to change first. Approving this pull request does not help.";
  }
}

/** Every finding, folded away: the evidence for who wants to see it. */
function checksTable(verdict: Verdict): string {
  if (verdict.findings.length === 0) return "";
  const rows = verdict.findings
    .slice(0, 100)
    .map(
      (finding) =>
        `| ${icons[finding.outcome]} | ${codeSpan(finding.code)} | ${codeSpan(plainText(finding.version ?? "", 60))} | ${sentenceToMarkdown(plainText(finding.message, 400))} |`,
    );
  return [
    `<details><summary>All ${verdict.findings.length} answers of the rules</summary>`,
    "",
    "| | rule | version | answer |",
    "|---|---|---|---|",
    ...rows,
    "",
    "</details>",
  ].join("\n");
}

/** What the check run's page shows: the comment without its marker, and what each failed rule promises. */
export function renderCheckSummary(story: Story): string {
  const codes = new Set(
    story.verdict.findings.filter((finding) => finding.outcome !== "pass").map((finding) => finding.code),
  );
  const help = rules
    .filter((rule, index) => codes.has(rule.code) && rules.findIndex((other) => other.code === rule.code) === index)
    .map((rule) => `- **${rule.code}** – ${rule.title}. ${rule.help}`);
  const comment = renderComment(story).split("\n").slice(2).join("\n");
  return help.length === 0 ? comment : `${comment}\n\n**The rules concerned**\n${help.join("\n")}`;
}

/** One line comment of a review. Markdown. */
export function renderLineComment(finding: Finding): string {
  const next = finding.next === undefined ? "" : `\n\n${sentenceToMarkdown(finding.next)}`;
  return `${icons[finding.outcome]} ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)}${next}`;
}

/** The description of a bump of ours. Markdown. */
export function renderBumpBody(
  { address }: RegistryRecord,
  versions: readonly (ProviderVersion | ModuleVersion)[],
): string {
  const rows = versions.map((version) => `- ${codeSpan(plainText(version.version, 60))}, ${originOf(version)}`);
  const checks =
    address.kind === "provider"
      ? "rebuilds every version from its release and checks hashes and signature"
      : "rebuilds every version from its tag and checks that the tag still names that commit";
  return [
    `Adds to ${codeSpan(plainText(addressText(address)))} what its author has released:`,
    rows.join("\n"),
    `Registrar ${checks} before anything is merged; its comment below says how that went.`,
  ].join("\n\n");
}

/** The description of a pull request of ours that bumps many records. Markdown. */
export function renderGroupBody(
  members: readonly { readonly record: RegistryRecord; readonly versions: readonly { readonly version: string }[] }[],
): string {
  const rows = members.map(
    ({ record, versions }) =>
      `- ${codeSpan(plainText(addressText(record.address)))}: ${listed(versions.map(({ version }) => codeSpan(plainText(version, 60))))}`,
  );
  return [
    `Adds what the authors of these ${members.length} records have released, found by a look at all of them:`,
    rows.join("\n"),
    "Registrar rebuilds every version from its release and checks hashes and signature before anything is merged. If one of them does not pass, this pull request is closed and each record gets one of its own.",
  ].join("\n\n");
}

function originOf(version: ProviderVersion | ModuleVersion): string {
  if (!("targets" in version)) return `the commit ${codeSpan(plainText(version.commit ?? "", 60))} that its tag names`;
  return `${version.targets.length} archives, from the release ${codeSpan(plainText(version.tag ?? "", 60))}`;
}

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

/** The report on a commit of the default branch that came without a pull request. */
export function renderPushReport(push: {
  readonly commit: string;
  readonly input: ReviewInput;
  readonly verdict: Verdict;
  readonly serverUrl: string;
}): CheckRun {
  const { commit, input, verdict, serverUrl } = push;
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
    said.length === 0 ? "" : problemSection(said),
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

/** What an approving review says. Modules are tags, which nobody has to sign. */
export const approvalText = ({ records }: Change): string =>
  `Everything that this pull request adds equals what its author released${records.every(({ address }) => address.kind === "provider") ? " and signed" : ""}.`;
export const reviewText = "See the lines below and the comment above for what to do.";
