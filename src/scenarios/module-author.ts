import { RegistrarError } from "../registry/errors.ts";
import type { Sandbox } from "../sandbox/index.ts";
import type { DemoModule } from "./demo.ts";
import { moduleFiles } from "./module-files.ts";

export interface TagWish {
  /** As git has it, e.g. `v1.2.0`. */
  readonly tag: string;
  /** For history: committed then. */
  readonly published?: string;
}

/** What an author needs to know to write a version into a record by hand. */
export interface CutTag {
  readonly tag: string;
  readonly commit: string;
  readonly url: string;
  /** The entry of `versions[]` that belongs to it. */
  readonly entry: Record<string, unknown>;
}

/** An author of one module: a repository, in which a version is nothing but a tag. */
export interface ModuleAuthor {
  readonly module: DemoModule;
  readonly repository: string;
  /** Commits the next state of the module and tags it. */
  tag(wish: TagWish): Promise<CutTag>;
}

/** Makes the repository with the module's history in it; `entries` are its versions as a record has them, newest first. */
export async function createModuleAuthor(
  sandbox: Sandbox,
  module: DemoModule,
): Promise<{ readonly author: ModuleAuthor; readonly entries: readonly Record<string, unknown>[] }> {
  const { namespace, name, system, versions } = module;
  const [first] = versions;
  const { fullName: repository } = await sandbox.createRepository({
    owner: namespace,
    name: `terraform-${system}-${name}`,
    description: "A demonstration module",
    license: "MPL-2.0",
    ...(first === undefined ? {} : { createdAt: first.published }),
  });
  const actor = sandbox.as(namespace);
  const tags = new Set<string>();
  const author: ModuleAuthor = {
    module,
    repository,
    async tag({ tag, published = now() }) {
      if (tags.has(tag)) {
        throw new RegistrarError("bad-argument", `${repository} has a tag ${tag} already; choose another version.`);
      }
      const commit = await actor.commit({
        repository,
        branch: "main",
        files: moduleFiles(tag),
        message: `Version ${tag}`,
        date: published,
      });
      await actor.createTag({ repository, tag, target: commit });
      tags.add(tag);
      const entry = { version: tag, commit, published };
      return { tag, commit, url: `${sandbox.serverUrl}/${repository}/tree/${tag}`, entry };
    },
  };
  const entries: Record<string, unknown>[] = [];
  for (const { version, published } of versions) entries.unshift((await author.tag({ tag: version, published })).entry);
  return { author, entries };
}

/** Git's times are whole seconds. */
const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
