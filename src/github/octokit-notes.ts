import { keptIn, keptText } from "./kept-text.ts";
import type { RepositoryContext } from "./octokit-context.ts";
import type { RegistryReader, RegistryWriter } from "./port.ts";

/**
 * What is kept of a pull request stands in a check run of its own on the registry's first commit: that commit is there
 * whatever becomes of the head, and only an app can write its own check runs.
 */
const noteName = (number: number): string => `registrar: pull request ${number}`;

export function noteReader(
  { client: { rest }, here, tried, firstCommit }: RepositoryContext & { readonly firstCommit: () => Promise<string> },
  appId: string | null,
): Pick<RegistryReader, "readNote"> {
  return {
    readNote: async (number) => {
      if (appId === null) return null;
      const ours = { app_id: Number(appId), check_name: noteName(number), filter: "all" as const };
      const ref = await firstCommit();
      const { data } = await tried(`reading what is kept of pull request ${number}`, () =>
        rest.checks.listForRef({ ...here, ref, per_page: 100, ...ours }),
      );
      const newest = data.check_runs.toSorted((a, b) => b.id - a.id)[0];
      if (newest === undefined) return null;
      const { title, summary, text } = newest.output;
      return { title: title ?? "", summary: summary ?? "", kept: keptIn(text) };
    },
  };
}

export function noteWriter({
  client: { rest },
  here,
  tried,
  firstCommit,
}: RepositoryContext & { readonly firstCommit: () => Promise<string> }): Pick<RegistryWriter, "writeNote"> {
  return {
    // A new one each time: the newest counts, and the others tell how it came about.
    writeNote: async (number, { title, summary, kept }) => {
      const run = { name: noteName(number), head_sha: await firstCommit(), status: "completed" as const };
      const output = { title, summary, text: keptText(kept) };
      await tried(`keeping what was said of pull request ${number}`, () =>
        rest.checks.create({ ...here, ...run, conclusion: "neutral", output }),
      );
    },
  };
}

/** Finds the first commit of the default branch, once: the last one of GitHub's list. */
export function firstCommitFinder({ client: { rest }, here, tried }: RepositoryContext): () => Promise<string> {
  let known: Promise<string> | undefined;
  const find = async (): Promise<string> => {
    const list = (page: number) =>
      tried("looking for the first commit", () => rest.repos.listCommits({ ...here, per_page: 1, page }));
    const newest = await list(1);
    const last = Number(/[?&]page=(\d+)[^>]*>; rel="last"/.exec(newest.headers.link ?? "")?.[1] ?? 1);
    const [oldest] = last === 1 ? newest.data : (await list(last)).data;
    return oldest?.sha ?? "";
  };
  return () => {
    known ??= find().catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
