import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KeyReading } from "../../src/publish/published-keys.ts";
import type { PublishTarget } from "../../src/publish/target.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { gitBranchTarget } from "../../src/publish/targets/git-branch.ts";
import type { RegistryHistory, RegistryTree } from "../../src/registry/tree.ts";
import { publishRegistry } from "../../src/tasks/publish-registry.ts";
import { readGitHistory } from "../../src/trees/git-history.ts";
import { published } from "./support/folders.ts";
import { bareRepository, committed, git } from "./support/git.ts";
import { key, version } from "./support/records.ts";
import { s3Server } from "./support/s3-server.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const readKeys = async (files: readonly { path: string; text: string }[]): Promise<KeyReading[]> =>
  files.map(({ path, text }) => {
    const { fingerprint, keyId, armor } = key(text);
    return { kind: "key", path, fingerprint, keyIds: [keyId], armor, revoked: false };
  });

/** A registry whose commits are made from what it holds; null removes a file. */
async function aRegistry() {
  const folder = await temporaryFolder();
  git(folder, "init", "-q", "-b", "main");
  return {
    folder,
    commit: async (files: Readonly<Record<string, unknown>>): Promise<RegistryHistory> => {
      for (const [path, value] of Object.entries(files)) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        if (value === null) rmSync(file, { force: true });
        else writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value, null, 2));
      }
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "--allow-empty", "-m", "next");
      return readGitHistory({ repository: folder, commit: "main" });
    },
  };
}

const branchTarget = (path: string): PublishTarget =>
  gitBranchTarget({
    repository: { kind: "folder", path },
    branch: "host",
    isOwn: false,
    dataFolder: null,
    token: async () => null,
  });

const places = {
  "a branch": async () => {
    const path = await bareRepository();
    return { target: branchTarget(path), read: () => committed(path, "host") };
  },
  "a folder": async () => {
    const root = join(await temporaryFolder(), "out");
    return { target: directoryTarget(root), read: () => published(root) };
  },
  "a bucket": async () => {
    const { target, read } = await s3Server();
    return { target: target(), read: () => read() };
  },
};

const run = (tree: RegistryTree | RegistryHistory, target: PublishTarget, more: { full?: boolean } = {}) =>
  publishRegistry({ tree, target, readKeys, ...more });

/** Everything that a history can do to a registry, each as files that change. */
const names = ["acme/dns", "Acme/net", "globex/dns", "initech/queue", "hooli/dns"];
const change = fc.oneof(
  fc
    .record({
      name: fc.constantFrom(...names),
      versions: fc.subarray(["1.0.0", "1.1.0", "2.0.0", "0.9"]),
      withdrawn: fc.subarray(["1.1.0"]),
    })
    .map(({ name, versions, withdrawn }) => ({
      [`providers/${name}.json`]: {
        withdrawn: withdrawn.map((one) => ({ version: one, reason: "leaks" })),
        versions: versions.map((one) => version(one)),
      },
    })),
  fc.constantFrom("acme/net/aws", "Globex/net/aws", "globex/net/aws").map((name) => ({
    [`modules/${name}.json`]: { versions: [{ version: "v1.0.0" }] },
  })),
  fc.constantFrom(...names.map((name) => `providers/${name}.json`), "modules/globex/net/aws.json").map((path) => ({
    [path]: null,
  })),
  fc
    .record({
      path: fc.constantFrom("keys/acme/a.asc", "keys/globex/dns/b.asc"),
      text: fc.constantFrom("one", "two", null),
    })
    .map(({ path, text }) => ({ [path]: text })),
  fc.constantFrom(
    {},
    { "README.md": String(names.length) },
    { "providers/acme/deep/er.json": "{}" },
    { ".github/registrar.yml": "aliases:\n  hooli/dns: acme/dns\n" },
    { ".github/registrar.yml": "aliases:\n  old/dns: globex/dns\nnamespaces:\n  globex:\n    owner: acme\n" },
    { ".github/registrar.yml": null },
  ),
);

describe("publish, of a registry with a history", () => {
  it.each(Object.keys(places) as (keyof typeof places)[])(
    "leaves %s as a full publication of the same commit would, whatever has happened",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 6 }), async (changes) => {
          const registry = await aRegistry();
          const place = await places[kind]();
          for (const files of [{ "providers/acme/dns.json": { versions: [version("1.0.0")] } }, ...changes]) {
            const tree = await registry.commit(files);
            await run(tree, place.target);
            const fresh = await places[kind]();
            await run(tree, fresh.target);
            expect(await place.read()).toEqual(await fresh.read());
          }
        }),
        { numRuns: Number(process.env.HISTORIES ?? 3) },
      );
    },
    120_000,
  );
});
