import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PublishTarget } from "../../../src/publish/target.ts";
import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { publishRegistry } from "../../../src/tasks/publish-registry.ts";
import { branchTarget } from "../support/branch-target.ts";
import { bareRepository, commitTo, git } from "../support/git.ts";
import { gitRegistry } from "../support/git-registry.ts";
import { startGitServer } from "../support/git-server.ts";
import { readTextKeys } from "../support/read-text-keys.ts";
import { version } from "../support/records.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const secret = "not-to-be-kept";
const namespaces = Array.from({ length: 30 }, (_, index) => `n${index}`);
const record = (...versions: string[]) => ({ versions: versions.map((one) => version(one)) });

const run = (tree: RegistryHistory, target: PublishTarget, more: { full?: boolean; dryRun?: boolean } = {}) =>
  publishRegistry({ tree, target, readKeys: readTextKeys, ...more });

/** A registry that is published on a branch that others serve, and one bump that is not. */
async function aBranchElsewhere(options: { readonly filters?: boolean; readonly protocol?: 1 | 2 } = {}) {
  const registry = await gitRegistry();
  const first = await registry.commit(
    Object.fromEntries(namespaces.map((name) => [`providers/${name}/dns.json`, record("1.0.0", "1.1.0")])),
  );
  const path = await bareRepository();
  git(path, "config", "uploadpack.allowFilter", String(options.filters ?? true));
  await run(first, branchTarget(path));
  const bumped = await registry.commit({ "providers/n1/dns.json": record("1.2.0", "1.0.0", "1.1.0") });
  const fresh = await bareRepository();
  await run(bumped, branchTarget(fresh));
  const server = await startGitServer(path, { token: secret, protocol: options.protocol ?? 2 });
  onTestFinished(() => server.stop());
  const repository = { kind: "url", url: server.url } as const;
  const host = async () => {
    const dataFolder = await temporaryFolder();
    return {
      target: branchTarget("", { repository, dataFolder, token: async () => secret }),
      copy: () => join(dataFolder, "publish", readdirSync(join(dataFolder, "publish"))[0] ?? ""),
    };
  };
  return { registry, path, server, bumped, host, wanted: git(fresh, "rev-parse", "host^{tree}") };
}

const rootOf = (path: string, commit = "host") => git(path, "rev-parse", `${commit}^{tree}`);

/** The files of a commit that a copy has, of all that the commit has. */
function present(copy: string, { path, commit }: { readonly path: string; readonly commit: string }): string[] {
  const files = git(path, "ls-tree", "-r", commit).split("\n");
  const [ids, names] = [files.map((line) => line.split(/\s/)[2]), files.map((line) => line.split("\t")[1] ?? "")];
  const output = execFileSync("git", [`--git-dir=${copy}`, "cat-file", "--batch-check"], { input: ids.join("\n") });
  const lines = output.toString().trim().split("\n");
  return names.filter((_, index) => !lines[index]?.endsWith(" missing"));
}

describe("gitBranchTarget, to a branch elsewhere that begins with nothing of its own", () => {
  it("fetches the last commit without its files, of which it gets those that it reads", async () => {
    const { path, server, bumped, host, wanted } = await aBranchElsewhere();
    const before = git(path, "rev-parse", "host");
    const { target, copy } = await host();
    expect(await run(bumped, target)).toMatchObject({ namespaces: ["n1"], deleted: 0 });
    expect(rootOf(path)).toBe(wanted);
    expect(git(path, "fsck", "--strict", "--no-dangling")).toMatch(/^(notice.*)?$/);
    const changed = git(path, "diff", "--name-only", before, "host").split("\n");
    const kept = present(copy(), { path, commit: before });
    // Of n1 the documents that are as they were are made again beside the new ones.
    expect(kept.filter((name) => !name.startsWith("v1/providers/n1/"))).toEqual([
      ".registrar/index/n1.json",
      ".registrar/published.json",
    ]);
    expect(changed).toContain(".registrar/index/n1.json");
    // What is there: 2. The tip, the marker, the index: 3 each. The push: 3, the first of which is refused without a token.
    expect(server.seen.requests).toBeLessThanOrEqual(14);
  });

  it("gets all that it keeps of earlier publications in one go where it looks at everything", async () => {
    const { path, server, bumped, host, wanted } = await aBranchElsewhere();
    await commitTo(path, "host", { "v1/providers/n2/dns/versions": "by hand" });
    const { target, copy } = await host();
    const before = git(path, "rev-parse", "host");
    expect(await run(bumped, target)).toMatchObject({ namespaces: null });
    expect(rootOf(path)).toBe(wanted);
    const kept = present(copy(), { path, commit: before });
    expect(kept.filter((name) => name.startsWith(".registrar/index/"))).toHaveLength(namespaces.length);
    expect(kept.filter((name) => name.startsWith("v1/providers/n3/dns/1"))).toEqual([]);
    expect(server.seen.requests).toBeLessThanOrEqual(14);
  });

  it("makes all anew where it is told to, and changes nothing where it only tries", async () => {
    const { path, bumped, host, wanted } = await aBranchElsewhere();
    const before = rootOf(path);
    const { target, copy } = await host();
    const report = await run(bumped, target, { dryRun: true });
    expect(report).toMatchObject({ namespaces: ["n1"] });
    expect(report.written).toBeGreaterThan(0);
    expect(rootOf(path)).toBe(before);
    expect(present(copy(), { path, commit: "host" }).filter((name) => name.startsWith("v1/"))).toEqual([]);
    await run(bumped, (await host()).target, { full: true });
    expect(rootOf(path)).toBe(wanted);
  });

  it.each([
    ["sends everything whatever it is asked", { filters: false }],
    ["leaves files out, and hands none of them out alone", { protocol: 1 }],
  ] as const)("publishes the same where the other side %s", async (_, options) => {
    const { path, bumped, host, wanted } = await aBranchElsewhere(options);
    const before = git(path, "rev-parse", "host");
    const { target, copy } = await host();
    await run(bumped, target);
    expect(rootOf(path)).toBe(wanted);
    expect(present(copy(), { path, commit: before })).toHaveLength(
      git(path, "ls-tree", "-r", before).split("\n").length,
    );
  });

  it("keeps neither where the branch is nor with what it is read", async () => {
    const { server, bumped, host } = await aBranchElsewhere();
    const { target, copy } = await host();
    await run(bumped, target);
    const config = readFileSync(join(copy(), "config"), "utf8");
    expect(config).not.toMatch(/remote|promisor|http/);
    const files = readdirSync(copy(), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      expect(
        [secret, new URL(server.url).host].filter((text) => bytes.includes(text)),
        name,
      ).toEqual([]);
    }
  });

  it("publishes on top of what came in between, and takes a push for done whose answer was lost", async () => {
    const { registry, path, server, bumped, host } = await aBranchElsewhere();
    const { target } = await host();
    const moving: PublishTarget = {
      ...target,
      open: async (request) => {
        const session = await target.open(request);
        await commitTo(path, "host", { CNAME: "registry.example" });
        return session;
      },
    };
    await run(bumped, moving);
    expect(git(path, "log", "--format=%s", "-n2", "host").split("\n")).toEqual([
      `Publish the registry at ${bumped.commit}`,
      "hand",
    ]);
    expect(git(path, "ls-tree", "--name-only", "host").split("\n")).toContain("CNAME");
    const next = await registry.commit({ "providers/n4/dns.json": null });
    server.loseAnswer();
    expect((await run(next, target)).deleted).toBeGreaterThan(0);
    expect(git(path, "log", "--format=%s", "-n1", "host")).toBe(`Publish the registry at ${next.commit}`);
    const fresh = await bareRepository();
    await run(next, branchTarget(fresh));
    git(path, "fetch", "-q", fresh, "host:fresh");
    expect(git(path, "diff", "--name-only", "fresh", "host").split("\n")).toEqual(["CNAME"]);
  });

  it("bounds what gathers in its copy, and goes on from there without a file more", async () => {
    const { registry, path, bumped, host } = await aBranchElsewhere();
    const { target, copy } = await host();
    await run(bumped, target);
    git(copy(), "config", "gc.autoPackLimit", "4");
    const packs = () => readdirSync(join(copy(), "objects", "pack")).filter((name) => name.endsWith(".pack")).length;
    const before = packs();
    // As many as gather from forty publications.
    for (let index = 0; index < 40; index += 1) {
      const input = `blob\ndata 2\n${index + 10}\n`;
      const args = [`--git-dir=${copy()}`, "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"];
      execFileSync("git", args, { input });
    }
    for (const turn of [1, 2]) {
      // Somebody else moves the branch.
      await commitTo(path, "host", { CNAME: String(turn) });
      const tree = await registry.commit({ "providers/n5/dns.json": record("1.0.0", "1.1.0", `2.${turn}.0`) });
      await run(tree, target);
      expect(packs()).toBeLessThan(before + 4);
    }
    expect(
      present(copy(), { path, commit: "host" }).filter((name) => name.startsWith("v1/providers/n6/dns/1")),
    ).toEqual([]);
  });
});
