import type { Address } from "../registry/address.ts";
import { addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { readFindings, type SeenFinding } from "./seen-findings.ts";

export type { SeenFinding } from "./seen-findings.ts";

/** What anybody can see of the registry repository and of the published registry, over HTTP. */
export interface View {
  readonly apiUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly registryUrl: string;
}

export interface SeenPullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly headSha: string;
  readonly merged: boolean;
}

export type SeenVerdict = "pass" | "fail" | "hold" | "retry";

/** The check on a commit. */
export interface SeenCheck {
  readonly id: number;
  readonly verdict: SeenVerdict;
  /** When this verdict was first posted; ISO 8601, whole seconds. */
  readonly startedAt: string;
  readonly findings: readonly SeenFinding[];
}

/** One GET of the registry repository's API. */
async function read<T>({ apiUrl, repository, token }: View, path: string): Promise<T> {
  const answer = await fetch(`${apiUrl}/repos/${repository}/${path}`, { headers: { authorization: `token ${token}` } });
  if (!answer.ok) throw new RegistrarError("github-unavailable", `The sandbox answered ${answer.status} to ${path}.`);
  return (await answer.json()) as T;
}

/** All pull requests, newest first. */
export async function seePullRequests(view: View): Promise<readonly SeenPullRequest[]> {
  const list = await read<
    readonly { number: number; html_url: string; title: string; head: { sha: string }; merged_at: string | null }[]
  >(view, "pulls?state=all&per_page=50");
  return list.map((item) => ({
    number: item.number,
    url: item.html_url,
    title: item.title,
    headSha: item.head.sha,
    merged: item.merged_at !== null,
  }));
}

export async function seePullRequest(view: View, number: number): Promise<SeenPullRequest> {
  const found = (await seePullRequests(view)).find((pullRequest) => pullRequest.number === number);
  if (found === undefined) throw new RegistrarError("sandbox-missing", `There is no pull request ${number}.`);
  return found;
}

interface Run {
  readonly id: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string;
  readonly output: { readonly summary: string | null };
}

/** Registrar's newest check run on a commit; null while there is none. */
export async function seeCheck(view: View, headSha: string): Promise<SeenCheck | null> {
  const data = await read<{ check_runs: readonly Run[] }>(
    view,
    `commits/${headSha}/check-runs?check_name=registrar&filter=latest`,
  );
  const [run] = data.check_runs;
  if (run === undefined) return null;
  const { id, started_at: startedAt, output } = run;
  return { id, verdict: verdictOf(run), startedAt, findings: readFindings(output.summary ?? "") };
}

function verdictOf({ status, conclusion }: Run): SeenVerdict {
  if (status !== "completed") return "retry";
  return conclusion === "success" ? "pass" : conclusion === "failure" ? "fail" : "hold";
}

/** The verdict on a commit as its check run shows it; null while there is none. */
export async function seeVerdict(view: View, headSha: string): Promise<SeenVerdict | null> {
  return (await seeCheck(view, headSha))?.verdict ?? null;
}

/** Registrar's living comment, without its hidden first line; null while there is none. */
export async function seeComment(view: View, number: number): Promise<string | null> {
  const comments = await read<readonly { user: { type: string } | null; body: string }[]>(
    view,
    `issues/${number}/comments`,
  );
  const marker = "<!-- registrar:comment -->";
  const body = comments.find(({ user, body }) => user?.type === "Bot" && body.startsWith(marker))?.body;
  return body?.replace(/^<!--.*?-->\s*/, "") ?? null;
}

/** What Registrar answers to a comment with commands, without its hidden first line; null while there is none. */
export async function seeAnswer(
  view: View,
  of: { readonly number: number; readonly comment: number },
): Promise<string | null> {
  const comments = await read<readonly { user: { type: string } | null; body: string }[]>(
    view,
    `issues/${of.number}/comments?per_page=100`,
  );
  const marker = `<!-- registrar:receipt ${of.comment} `;
  const body = comments.find(({ user, body }) => user?.type === "Bot" && body.startsWith(marker))?.body;
  return body?.replace(/^<!--.*?-->\s*/, "") ?? null;
}

/** The versions of an address that clients are offered, as the published list has them. */
export async function seeVersions(view: View, address: Address): Promise<readonly string[]> {
  const answer = await fetch(`${view.registryUrl}/v1/${address.kind}s/${addressText(address)}/versions`);
  if (!answer.ok) return [];
  type List = { readonly versions: readonly { readonly version: string }[] };
  const body = (await answer.json()) as List & { readonly modules?: readonly List[] };
  return (address.kind === "module" ? body.modules?.[0] : body)?.versions.map(({ version }) => version) ?? [];
}

/** Whether clients can see a provider's version. `address` is `namespace/type`. */
export async function seesVersion(view: View, address: string, version: string): Promise<boolean> {
  const [namespace = "", type = ""] = address.split("/");
  return (await seeVersions(view, { kind: "provider", namespace, type })).includes(version);
}
