import { RegistrarError } from "../registry/errors.ts";

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

/** The verdict on a commit as its check run shows it; null while there is none. */
export async function seeVerdict(view: View, headSha: string): Promise<SeenVerdict | null> {
  const data = await read<{ check_runs: readonly { status: string; conclusion: string | null }[] }>(
    view,
    `commits/${headSha}/check-runs?check_name=registrar&filter=latest`,
  );
  const [run] = data.check_runs;
  if (run === undefined) return null;
  if (run.status !== "completed") return "retry";
  return run.conclusion === "success" ? "pass" : run.conclusion === "failure" ? "fail" : "hold";
}

/** Registrar's living comment, without its hidden first line; null while there is none. */
export async function seeComment(view: View, number: number): Promise<string | null> {
  const comments = await read<readonly { user: { type: string } | null; body: string }[]>(
    view,
    `issues/${number}/comments`,
  );
  const body = comments.find((comment) => comment.user?.type === "Bot")?.body;
  return body?.replace(/^<!--.*?-->\s*/, "") ?? null;
}

/** Whether clients can see a version: it is in the published list. */
export async function seesVersion(view: View, address: string, version: string): Promise<boolean> {
  const answer = await fetch(`${view.registryUrl}/v1/providers/${address}/versions`);
  if (!answer.ok) return false;
  const list = (await answer.json()) as { versions: readonly { version: string }[] };
  return list.versions.some((item) => item.version === version);
}
