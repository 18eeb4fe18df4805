import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Author } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { viewOf } from "../../src/scenarios/play.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import type { Stage } from "../../src/scenarios/stage.ts";
import { seePullRequests, seeVerdict, type View } from "../../src/scenarios/view.ts";

const run = promisify(execFile);

/** An attacker's view of the stage: what anybody with an account and a fork can do. */
export function attackerOf(stage: Stage) {
  const { sandbox } = stage;
  const carl = sandbox.as(people.contributor);
  const mia = sandbox.as(people.maintainer);
  const view: View = viewOf(stage);
  const fork = `${people.contributor}/registry`;
  const author = (type: string): Author => {
    const found = stage.authors.find(({ provider }) => provider.type === type);
    if (found === undefined) throw new Error(`no author of ${type}`);
    return found;
  };

  /** A file of the registry's default branch now; null when there is none. */
  async function read(path: string, ref = "main"): Promise<string | null> {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/contents/${path}?ref=${ref}`, {
      headers: { accept: "application/vnd.github.raw+json", authorization: `token ${mia.token}` },
    });
    return answer.ok ? answer.text() : null;
  }

  async function tip(branch = "main"): Promise<string> {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/git/ref/heads/${branch}`, {
      headers: { authorization: `token ${mia.token}` },
    });
    return ((await answer.json()) as { object: { sha: string } }).object.sha;
  }

  const find = async (number: number) => (await seePullRequests(view)).find((one) => one.number === number);

  /** Waits until nothing is under way any more and says whether the pull request was merged. */
  async function settled(number: number, headSha?: string): Promise<boolean> {
    await pollUntil("a verdict or the merge", async () => {
      const pull = await find(number);
      if (pull?.merged === true) return true;
      return (await seeVerdict(view, headSha ?? pull?.headSha ?? "")) !== null;
    });
    await quiet();
    return (await find(number))?.merged === true;
  }

  async function quiet(): Promise<void> {
    await sandbox.idle();
    await pollUntil("the end of all work", () => stage.registrar.pending() === 0, { timeoutMs: 40_000 });
    await sandbox.idle();
  }

  /** Commits to a branch of the attacker's fork that starts at the registry's tip, and opens a pull request. */
  async function propose(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    { message = branch, title = branch }: { message?: string; title?: string } = {},
  ): Promise<{ number: number; headSha: string }> {
    await carl.fork(registryRepository);
    const headSha = await carl.commit({ repository: fork, branch, from: await tip(), files, message });
    const head = `${people.contributor}:${branch}`;
    const number = await carl.openPullRequest({ repository: registryRepository, head, title });
    return { number, headSha };
  }

  /** The right text of a record with one more version, of which nobody has told Registrar. */
  async function rightBump(type: string, version: string): Promise<{ path: string; text: string }> {
    const of = author(type);
    const published = new Date(Date.now() - 60_000).toISOString();
    const { entry } = await of.cutRelease({ version, published });
    const { path } = of.provider;
    const record = JSON.parse((await read(path)) ?? "") as { versions: unknown[] };
    record.versions.unshift(entry);
    return { path, text: `${JSON.stringify(record, null, 2)}\n` };
  }

  return { sandbox, carl, mia, view, fork, author, read, tip, find, settled, quiet, propose, rightBump };
}

/** A clone that the attacker works in with git itself, for what no API does. */
export async function cloneOf(stage: Stage, repository: string, token: string) {
  const folder = await mkdtemp(join(stage.folder, "clone-"));
  const url = `${stage.sandbox.serverUrl}/${repository}.git`;
  const header = `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${token}`).toString("base64")}`;
  const identity = {
    GIT_AUTHOR_NAME: "Carl",
    GIT_AUTHOR_EMAIL: "carl@example.net",
    GIT_COMMITTER_NAME: "Carl",
    GIT_COMMITTER_EMAIL: "carl@example.net",
  };
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", ["-C", folder, "-c", header, ...args], { env: { ...process.env, ...identity } })).stdout.trim();
  await git("init", "--quiet");
  await git("remote", "add", "origin", url);
  return { folder, git };
}
