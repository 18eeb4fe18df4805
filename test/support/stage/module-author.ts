import { registryRepository } from "../../../src/scenarios/demo.ts";
import type { GitHubSide } from "../../../src/scenarios/github-side.ts";
import { pushToMain } from "./by-hand.ts";

/** An author of the module acme/storage/aws, whose record the registry has by then. */
export interface ModuleAuthor {
  readonly path: string;
  readonly repository: string;
  /** Commits a change of the module; gives the commit. */
  commit(text: string): Promise<string>;
  /** Tags the newest commit; gives the commit. */
  tag(name: string, options?: { readonly annotated?: boolean; readonly target?: string }): Promise<string>;
  moveTag(name: string, to: string): Promise<void>;
  /** The entries of the record on the registry's default branch. */
  versions(): Promise<readonly Record<string, unknown>[]>;
}

/** Makes the upstream repository with these tags, oldest first, and a record that has them. */
export async function aModuleAuthor(
  github: GitHubSide,
  recorded: readonly string[] = ["v1.0.0"],
): Promise<ModuleAuthor> {
  const { sandbox } = github;
  const path = "modules/acme/storage/aws.json";
  const repository = "acme/terraform-aws-storage";
  const { id } = await sandbox.createRepository({
    owner: "acme",
    name: "terraform-aws-storage",
    files: { "main.tf": 'output "made" {\n  value = "first"\n}\n' },
  });
  const acme = sandbox.as("acme");
  const commit = (text: string) =>
    acme.commit({
      repository,
      branch: "main",
      files: { "main.tf": `output "made" {\n  value = "${text}"\n}\n` },
      message: text,
    });
  const tipOf = async (): Promise<string> => {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${repository}/commits/main`);
    return ((await answer.json()) as { sha: string }).sha;
  };
  const author: ModuleAuthor = {
    path,
    repository,
    commit,
    async tag(name, { annotated = false, target } = {}) {
      const commit = target ?? (await tipOf());
      await acme.createTag({ repository, tag: name, target: commit, annotated });
      return commit;
    },
    moveTag: (tag, to) => acme.moveTag({ repository, tag, to }),
    async versions() {
      const { token } = sandbox.as("mia");
      const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/contents/${path}`, {
        headers: { authorization: `token ${token}`, accept: "application/vnd.github.raw+json" },
      });
      return ((await answer.json()) as { versions: Record<string, unknown>[] }).versions;
    },
  };
  const versions: Record<string, unknown>[] = [];
  for (const version of recorded) versions.unshift({ version, commit: await author.tag(version) });
  const head = { repository: `${sandbox.serverUrl}/${repository}`, repository_id: id, owner_id: acme.account.id };
  await pushToMain(github, { [path]: `${JSON.stringify({ ...head, versions }, null, 2)}\n` });
  return author;
}
