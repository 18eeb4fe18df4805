import { RegistrarError } from "../registry/errors.ts";
import { people, registryRepository } from "./demo.ts";
import { recordText } from "./record-text.ts";
import type { Stage } from "./stage.ts";

/** A record as JSON, for editing by hand. */
export type RecordJson = Record<string, unknown> & { versions: Record<string, unknown>[] };

/** A pull request that somebody makes by hand, from a fork. */
export interface ProposalWish {
  /** Default: the outsider. */
  readonly by?: string;
  readonly branch: string;
  readonly title: string;
  /** By path; null removes a file. */
  readonly files: Readonly<Record<string, string | { readonly link: string } | null>>;
}

export interface Proposal {
  readonly number: number;
  readonly headSha: string;
  readonly fork: string;
}

export async function propose({ sandbox }: Stage, wish: ProposalWish): Promise<Proposal> {
  const { by = people.contributor, branch, title, files } = wish;
  const person = sandbox.as(by);
  const fork = await person.fork(registryRepository);
  // A fork stays where it was; a branch starts where the registry is now.
  const from = await readTip({ sandbox });
  const headSha = await person.commit({ repository: fork.fullName, branch, from, files, message: title });
  const number = await person.openPullRequest({
    repository: registryRepository,
    head: `${by}:${branch}`,
    title,
  });
  return { number, headSha, fork: fork.fullName };
}

/** Adds a released version to a record, at its top, as a person does who knows how. */
export async function proposeVersion(
  stage: Stage,
  wish: {
    readonly path: string;
    readonly entry: Record<string, unknown>;
    /** What else is changed. */
    readonly edit?: (record: RecordJson) => void;
  },
): Promise<Proposal> {
  const { path, entry, edit } = wish;
  const text = await editRecord(stage, path, (record) => {
    record.versions.unshift(entry);
    edit?.(record);
  });
  return propose(stage, { branch: `add-${entry.version}`, title: `Add ${entry.version}`, files: { [path]: text } });
}

/** The text of a record on the default branch after an edit, as a person saves it. */
export async function editRecord(
  stage: Pick<Stage, "sandbox">,
  path: string,
  edit: (record: RecordJson) => void,
): Promise<string> {
  const answer = await ask(stage, `contents/${path}`, "application/vnd.github.raw+json");
  const record = (await answer.json()) as RecordJson;
  edit(record);
  return recordText(record);
}

async function readTip(stage: Pick<Stage, "sandbox">): Promise<string> {
  const answer = await ask(stage, "git/ref/heads/main", "application/vnd.github+json");
  return ((await answer.json()) as { object: { sha: string } }).object.sha;
}

async function ask({ sandbox }: Pick<Stage, "sandbox">, path: string, accept: string): Promise<Response> {
  const { token } = sandbox.as(people.contributor);
  const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/${path}`, {
    headers: { accept, authorization: `token ${token}` },
  });
  if (!answer.ok) throw new RegistrarError("github-unavailable", `The sandbox answered ${answer.status} to ${path}.`);
  return answer;
}
