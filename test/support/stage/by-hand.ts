import { expect } from "vitest";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import type { GitHubSide } from "../../../src/scenarios/github-side.ts";
import { pushToMain as push } from "../../../src/scenarios/push-to-main.ts";

import type { TestStage } from "./stage.ts";

type Mode = "100644" | "100755" | "120000" | "160000";

export interface Proposal {
  readonly branch: string;
  readonly title?: string;
  readonly files?: Readonly<Record<string, string | null>>;
  /** Files of another mode than plain ones; the text of a link is where it leads. */
  readonly odd?: readonly { readonly path: string; readonly mode: Mode; readonly text: string }[];
  readonly base?: string;
  readonly draft?: boolean;
}

/** A pull request that the maintainer makes from a branch of the registry itself. */
export async function propose({ sandbox }: GitHubSide, wish: Proposal): Promise<{ number: number; headSha: string }> {
  const mia = sandbox.as(people.maintainer);
  const { branch, title = wish.branch, files = {} } = wish;
  let headSha = await mia.commit({ repository: registryRepository, branch, from: "main", files, message: title });
  if (wish.odd !== undefined) headSha = await commitOdd(sandbox, { branch, onto: headSha, odd: wish.odd });
  const number = await mia.openPullRequest({
    repository: registryRepository,
    head: branch,
    title,
    ...(wish.base === undefined ? {} : { base: wish.base }),
    ...(wish.draft === undefined ? {} : { draft: wish.draft }),
  });
  return { number, headSha };
}

/** Over the API, since only there modes can be chosen. */
async function commitOdd(
  sandbox: GitHubSide["sandbox"],
  wish: { readonly branch: string; readonly onto: string; readonly odd: NonNullable<Proposal["odd"]> },
): Promise<string> {
  const { token } = sandbox.as(people.maintainer);
  const call = async (method: string, path: string, body: object): Promise<{ sha: string }> => {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/git/${path}`, {
      method,
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
    return (await answer.json()) as { sha: string };
  };
  const tree = await call("POST", "trees", {
    base_tree: wish.onto,
    tree: wish.odd.map(({ path, mode, text }) => ({ path, mode, type: "blob", content: text })),
  });
  const { sha } = await call("POST", "commits", { message: "Odd files", tree: tree.sha, parents: [wish.onto] });
  await call("PATCH", `refs/heads/${wish.branch}`, { sha });
  return sha;
}

/** Pushes straight to the default branch, past the rulesets, as an owner who is on bypass could. */
export const pushToMain = (side: GitHubSide, files: Readonly<Record<string, string | null>>): Promise<string> =>
  push(side, files, "By hand");

/**
 * What was pushed so, and moves or removes published records, is kept from being published until a maintainer accepts it: by
 * closing the pull request that would take it back.
 */
export async function acceptPush(stage: TestStage, commit: string): Promise<void> {
  await stage.rest();
  const open = await stage.pullRequests();
  const { number } = open.find(({ title }) => title.includes(commit.slice(0, 7))) ?? expect.unreachable();
  await stage.sandbox.as(people.maintainer).closePullRequest({ repository: registryRepository, number });
  await stage.rest();
}
