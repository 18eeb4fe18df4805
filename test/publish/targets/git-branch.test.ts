import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DocumentFolder } from "../../../src/publish/document.ts";
import type { PublishSession, PublishTarget } from "../../../src/publish/target.ts";
import type { GitBranchOptions } from "../../../src/publish/targets/git-branch.ts";
import { aRegistry, git as asynchronousGit } from "../../sandbox/support.ts";
import { branchTarget } from "../support/branch-target.ts";
import { folderOf } from "../support/folders.ts";
import { bareRepository, commitTo, committed, git } from "../support/git.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function put(
  to: PublishTarget,
  folders: readonly DocumentFolder[],
  {
    commit = null as string | null,
    dryRun = false,
    between = async (_: PublishSession): Promise<unknown> => null,
  } = {},
) {
  const session = await to.open({ commit, dryRun });
  await session.begin(null);
  try {
    for (const folder of folders) await session.put(folder);
    await between(session);
    return await session.finish(null);
  } finally {
    await session.close();
  }
}

const dns = folderOf("v1/providers/acme/dns", "dns 1", { "1.0.0/download/linux/amd64": "one" });
const dns2 = folderOf("v1/providers/acme/dns", "dns 2", { "1.0.0/download/linux/amd64": "one" });
const net = folderOf("v1/providers/acme/net", "net 1", { "1.0.0/download/linux/amd64": "two" });
const netFiles = {
  "v1/providers/acme/net/1.0.0/download/linux/amd64": "two",
  "v1/providers/acme/net/versions": "net 1",
};
const dnsFiles = {
  "v1/providers/acme/dns/1.0.0/download/linux/amd64": "one",
  "v1/providers/acme/dns/versions": "dns 1",
};
const [a, b] = ["a".repeat(40), "b".repeat(40)];

const subjects = (path: string, branch = "host") => git(path, "log", "--format=%s", branch).split("\n");
const tipOf = (path: string) => git(path, "rev-parse", "refs/heads/host");

describe("gitBranchTarget", () => {
  it("makes one commit for what differs, which names the source, on top of what the branch has", async () => {
    const path = await bareRepository();
    await put(branchTarget(path), [dns], { commit: a });
    await put(branchTarget(path), [dns], { commit: b });
    await put(branchTarget(path), [dns2], { commit: b });
    await put(branchTarget(path), [dns]);
    expect(subjects(path)).toEqual([
      "Publish the registry of a folder",
      `Publish the registry at ${b}`,
      `Publish the registry at ${a}`,
    ]);
    expect(git(path, "ls-tree", "--name-only", "host").split("\n")).toEqual([".nojekyll", ".registrar", "v1"]);
    expect(git(path, "show", "host~1:.registrar/published.json")).toBe(`{"format":1,"commit":"${b}"}`);
    expect(git(path, "fsck", "--strict")).toMatch(/^(?:notice: HEAD points to an unborn branch.*)?$/);
  });

  it("keeps the objects that a change does not touch, and adds few", async () => {
    const path = await bareRepository();
    await put(branchTarget(path), [dns, net]);
    const before = git(path, "rev-parse", "host:v1/providers/acme/net");
    const count = () => git(path, "rev-list", "--objects", "--all").split("\n").length;
    const objects = count();
    await put(branchTarget(path), [dns2, net]);
    expect(git(path, "rev-parse", "host:v1/providers/acme/net")).toBe(before);
    // The commit; the trees of the root, v1, providers, acme and dns; the list; nothing of the rest.
    expect(count() - objects).toBe(7);
  });

  it("touches no other branch, and none of its own state is left behind", async () => {
    const path = await bareRepository();
    await commitTo(path, "main", { "providers/acme/dns.json": "{}" });
    await commitTo(path, "registrar/bump/x", { y: "y" });
    const before = git(path, "for-each-ref");
    await put(branchTarget(path), [dns]);
    await put(branchTarget(path), [dns2]);
    const after = git(path, "for-each-ref")
      .split("\n")
      .filter((line) => !line.endsWith("refs/heads/host"));
    expect(after.join("\n")).toBe(before);
    expect(readdirSync(join(path, "registrar"))).toEqual(["lock"]);
  });

  it("publishes to a clone with a work tree, from any of its work trees, and to a repository with longer ids", async () => {
    const clone = await temporaryFolder();
    git(clone, "init", "-q", "-b", "main", "--object-format=sha256");
    git(clone, "commit", "-q", "--allow-empty", "-m", "one");
    const second = join(await temporaryFolder(), "second");
    git(clone, "worktree", "add", "-q", "-b", "work", second);
    await put(branchTarget(second), [dns]);
    await put(branchTarget(clone), [dns2]);
    expect(tipOf(clone)).toHaveLength(64);
    expect(subjects(clone)).toHaveLength(2);
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  it("removes what others left among its documents, whatever bytes its name has", async () => {
    const path = await bareRepository();
    await put(branchTarget(path), [dns]);
    // As git quotes them: a quote, what is no UTF-8, a line's end with a command behind it.
    const odd = String.raw`\"a \377\nD v1`;
    const strange = [`v1/providers/acme/dns/${odd}`, `v1/providers/${odd}/x/versions`, `.registrar/index/${odd}`];
    await commitTo(path, "host", Object.fromEntries(strange.map((name) => [`"${name}"`, "x"])));
    expect(await put(branchTarget(path), [dns])).toEqual({ written: 0, unchanged: 2, deleted: 2 });
    expect(committed(path, "host")).toEqual(dnsFiles);
    expect(git(path, "ls-tree", "--name-only", "host", ".registrar/")).toBe(".registrar/published.json");
  });

  it("bounds what gathers in the repository", async () => {
    const path = await bareRepository();
    const packs = () => readdirSync(join(path, "objects", "pack")).filter((name) => name.endsWith(".pack")).length;
    let most = 0;
    for (let turn = 0; turn < 45; turn += 1) {
      await put(branchTarget(path), [turn % 2 === 0 ? dns : dns2]);
      most = Math.max(most, packs());
    }
    expect(most).toBeLessThan(40);
    expect(subjects(path)).toHaveLength(45);
    git(path, "fsck", "--full", "--strict");
  }, 120_000);

  it("lets objects gather where git is told to", async () => {
    const path = await bareRepository();
    git(path, "config", "gc.auto", "0");
    const packs = () => readdirSync(join(path, "objects", "pack")).filter((name) => name.endsWith(".pack")).length;
    for (let turn = 0; turn < 42; turn += 1) await put(branchTarget(path), [turn % 2 === 0 ? dns : dns2]);
    expect(packs()).toBe(42);
  }, 120_000);

  it("takes the branch of another name", async () => {
    const path = await bareRepository();
    await put(branchTarget(path, { branch: "pages/live" }), [dns]);
    expect(committed(path, "pages/live")).toEqual(dnsFiles);
  });

  it("refuses the default branch, save of an empty repository that is not the registry's own", async () => {
    const path = await bareRepository();
    const folder = { kind: "folder", path } as const;
    const url = { kind: "url", url: `file://${path}` } as const;
    const refuse = (repository: GitBranchOptions["repository"]) =>
      expect(put(branchTarget(path, { branch: "main", repository }), [dns])).rejects.toMatchObject({
        code: "bad-argument",
        message: expect.stringMatching(/"main" is the default branch of .* Name a branch of its own/),
      });
    await expect(put(branchTarget(path, { branch: "main", isOwn: true }), [dns])).rejects.toThrow(/called host/);
    const empty = await bareRepository("-b", "host");
    await expect(put(branchTarget(empty, { isOwn: true }), [dns])).rejects.toThrow(/called published/);
    await put(branchTarget(empty), [dns]);
    expect(committed(empty, "host")).toEqual(dnsFiles);
    const tip = await commitTo(path, "main", { "README.md": "x" });
    for (const repository of [folder, url]) await refuse(repository);
    expect(git(path, "rev-parse", "main")).toBe(tip);
  });

  it("goes on where the published branch has become the default one, save in the registry's own repository", async () => {
    const path = await bareRepository();
    await put(branchTarget(path), [dns]);
    git(path, "symbolic-ref", "HEAD", "refs/heads/host");
    await put(branchTarget(path), [dns2]);
    await expect(put(branchTarget(path, { isOwn: true }), [dns])).rejects.toThrow(/is the default branch/);
    expect(subjects(path)).toHaveLength(2);
  });

  it("refuses the default branch that a clone knows of, and one that is checked out", async () => {
    const origin = await bareRepository();
    await commitTo(origin, "main", { "README.md": "x" });
    const clone = await temporaryFolder();
    git(clone, "clone", "-q", origin, ".");
    git(clone, "checkout", "-q", "-b", "work");
    await expect(put(branchTarget(clone, { branch: "main" }), [dns])).rejects.toThrow(/"main" is the default branch/);
    await expect(put(branchTarget(clone, { branch: "work" }), [dns])).rejects.toThrow(/"work" of .* is checked out/);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["other files", { "README.md": "x" }, /holds files that Registrar did not write \("README\.md"\)\. Name a branch/],
    ["a newer form", { ".registrar/published.json": '{"format":2}' }, /is damaged or of another release/],
    ["a broken marker", { ".registrar/published.json": "{" }, /is damaged or of another release/],
  ])("refuses a branch with %s, and leaves it alone", async (_, files, message) => {
    const path = await bareRepository();
    const tip = await commitTo(path, "host", files);
    await expect(put(branchTarget(path), [dns])).rejects.toThrow(message);
    expect(tipOf(path)).toBe(tip);
  });

  it.each([
    ["no repository", async () => temporaryFolder(), /is no git repository/],
    ["nothing", async () => "/missing/registry.git", /is no git repository/],
  ])("says so where there is %s", async (_, make, message) => {
    await expect(put(branchTarget(await make()), [dns])).rejects.toThrow(message);
  });

  it("publishes no document under a name that means something to git", async () => {
    const path = await bareRepository();
    for (const name of ["../x", "a\nD v1", "a b", ".", 'a"b', ""]) {
      const odd = folderOf("v1/providers/acme/dns", "x", { [name]: "x" });
      await expect(put(branchTarget(path), [odd])).rejects.toThrow(/cannot be the path of a published document/);
    }
  });
});

describe("gitBranchTarget, when the branch moves while it publishes", () => {
  const both = [["folder"], ["url"]] as const;
  const place = async (kind: "folder" | "url") => {
    const path = await bareRepository();
    git(path, "config", "uploadpack.allowFilter", "true");
    const repository = kind === "url" ? ({ kind, url: `file://${path}` } as const) : ({ kind, path } as const);
    return { path, to: branchTarget(path, { repository, dataFolder: await temporaryFolder() }) };
  };

  it.each(both)("keeps a file that somebody committed beside, and publishes on top of it (%s)", async (kind) => {
    const { path, to } = await place(kind);
    await put(to, [dns]);
    const between = () => commitTo(path, "host", { CNAME: "registry.example" });
    await put(to, [dns2, net], { between, commit: a });
    expect(committed(path, "host")).toEqual({
      CNAME: "registry.example",
      ...dnsFiles,
      "v1/providers/acme/dns/versions": "dns 2",
      ...netFiles,
    });
    expect(subjects(path)).toEqual([`Publish the registry at ${a}`, "hand", "Publish the registry of a folder"]);
    await put(to, [dns2, net]);
    expect(subjects(path)).toHaveLength(3);
  });

  it.each(both)("does not undo what another publisher brought (%s)", async (kind) => {
    const { path, to } = await place(kind);
    await put(to, [dns], { commit: a });
    // A lock keeps publishers of one machine apart; this one is elsewhere.
    const elsewhere = await temporaryFolder();
    git("/", "clone", "-q", "--bare", path, join(elsewhere, "other.git"));
    const other = join(elsewhere, "other.git");
    await put(branchTarget(other), [dns, net], { commit: b });
    const between = async () => git(other, "push", "-q", path, "host:host");
    await expect(put(to, [dns2], { commit: a, between })).rejects.toMatchObject({
      code: "git-failed",
      message: expect.stringMatching(/was published to by somebody else .* Publish again\./),
    });
    expect(committed(path, "host")).toEqual({ ...dnsFiles, ...netFiles });
    // Tried again, it starts from there.
    await put(to, [dns2], { commit: a });
    expect(committed(path, "host")).toEqual({ ...dnsFiles, "v1/providers/acme/dns/versions": "dns 2" });
  });

  it.each(both)("is content where another publisher brought the same (%s)", async (kind) => {
    const { path, to } = await place(kind);
    await put(to, [dns], { commit: a });
    const other = join(await temporaryFolder(), "other.git");
    git("/", "clone", "-q", "--bare", path, other);
    await put(branchTarget(other), [dns, net], { commit: b });
    await put(to, [dns, net], { commit: b, between: async () => git(other, "push", "-q", path, "host:host") });
    expect(tipOf(path)).toBe(tipOf(other));
  });

  it.each(both)("changes nothing where the branch was deleted, and makes it anew the next time (%s)", async (kind) => {
    const { path, to } = await place(kind);
    await put(to, [dns]);
    const between = async () => git(path, "update-ref", "-d", "refs/heads/host");
    await expect(put(to, [dns2], { between })).rejects.toThrow(/was deleted while this publication ran/);
    await put(to, [dns2, net]);
    expect(Object.keys(committed(path, "host"))).toHaveLength(4);
    expect(git(path, "fsck", "--connectivity-only", "--no-dangling")).toMatch(/^(notice.*)?$/);
  });

  it("gives up after some tries where the branch never rests", async () => {
    const { path, to } = await place("url");
    await put(to, [dns]);
    // Every push is outrun, by a hook that moves the branch before it is judged.
    const hook = `#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\ngit update-ref refs/heads/host $(git -c user.name=T -c user.email=t@example.com commit-tree -m hand -p refs/heads/host refs/heads/host^{tree} </dev/null)\n`;
    await writeFile(join(path, "hooks", "pre-receive"), hook);
    await chmod(join(path, "hooks", "pre-receive"), 0o755);
    await expect(put(to, [dns2])).rejects.toThrow(/was moved again and again/);
    expect(committed(path, "host")).toEqual(dnsFiles);
    await rm(join(path, "hooks", "pre-receive"));
    await put(to, [dns2]);
    expect(committed(path, "host")).toMatchObject({ "v1/providers/acme/dns/versions": "dns 2" });
  });
});

describe("gitBranchTarget, to a branch elsewhere", () => {
  it("fetches the last commit alone, and nothing where it knows that", async () => {
    const path = await bareRepository();
    for (const folders of [[dns], [dns2], [dns]]) await put(branchTarget(path), folders);
    const dataFolder = await temporaryFolder();
    const repository = { kind: "url", url: `file://${path}` } as const;
    const to = branchTarget(path, { repository, dataFolder });
    expect(await put(to, [dns, net])).toEqual({ written: 2, unchanged: 2, deleted: 0 });
    expect(subjects(path)).toHaveLength(4);
    const [name = ""] = readdirSync(join(dataFolder, "publish"));
    const mirror = join(dataFolder, "publish", name);
    expect(subjects(mirror)).toHaveLength(2);
    // Where its own copy is lost, all of it is fetched again.
    await rm(dataFolder, { recursive: true });
    await put(to, [dns]);
    expect(subjects(path)).toHaveLength(5);
    expect(committed(path, "host")).toEqual(dnsFiles);
  });

  it("takes a push for done whose answer was lost", async () => {
    const path = await bareRepository();
    // The push is done, and its end says otherwise.
    const programs = await temporaryFolder();
    const real = git("/", "--exec-path");
    const script = `#!/bin/sh\nfor word in "$@"; do [ "$word" = push ] && { "${real}/git" "$@"; : > "${programs}/lost"; exit 1; }; done\nexec "${real}/git" "$@"\n`;
    await writeFile(join(programs, "git"), script);
    await chmod(join(programs, "git"), 0o755);
    const before = process.env.PATH;
    process.env.PATH = `${programs}${delimiter}${before}`;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    const to = branchTarget(path, { repository: { kind: "url", url: `file://${path}` } });
    expect(await put(to, [dns])).toMatchObject({ written: 2 });
    expect(committed(path, "host")).toEqual(dnsFiles);
    expect(readdirSync(programs)).toContain("lost");
  });

  it("says what the other side refuses, and changes nothing", async () => {
    const path = await bareRepository();
    await writeFile(join(path, "hooks", "pre-receive"), "#!/bin/sh\necho protected branch >&2\nexit 1\n");
    await chmod(join(path, "hooks", "pre-receive"), 0o755);
    const to = branchTarget(path, { repository: { kind: "url", url: `file://${path}` } });
    await expect(put(to, [dns])).rejects.toMatchObject({
      code: "publish-failed",
      message: expect.stringMatching(/could not be pushed: .*protected branch.* Check that Registrar may write/s),
    });
    expect(git(path, "for-each-ref")).toBe("");
  });

  it("is tried again where the other side cannot be reached, and says so where it cannot keep its copy", async () => {
    const url = { kind: "url", url: "http://127.0.0.1:1/acme/registry.git" } as const;
    await expect(put(branchTarget("", { repository: url }), [dns])).rejects.toMatchObject({
      ...{ code: "upstream-unavailable", family: "upstream" },
      message: expect.stringMatching(/could not be read: fatal: [^.]*127\.0\.0\.1.*[^.]\. Try again later\.$/),
    });
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    await expect(put(branchTarget("", { repository: url, dataFolder: file }), [dns])).rejects.toMatchObject({
      code: "publish-failed",
      message: expect.stringContaining("Check the data folder"),
    });
  });

  it("is for the operator to mend where there is no such repository", async () => {
    const url = `file://${await temporaryFolder()}/absent.git`;
    await expect(put(branchTarget("", { repository: { kind: "url", url } }), [dns])).rejects.toMatchObject({
      ...{ code: "remote-refused", family: "operator" },
      message: expect.stringMatching(/does not appear to be a git repository; fatal: [^.;]*\. Check the URL and/),
    });
  });

  it("pushes with a token that stands in no argument, to a server that asks for one", async () => {
    const { sandbox, token } = await aRegistry();
    const url = `${sandbox.serverUrl}/acme/registry.git`;
    const repository = { kind: "url", url } as const;
    const programs = await temporaryFolder();
    const log = join(programs, "log");
    const real = git("/", "--exec-path");
    await writeFile(join(programs, "git"), `#!/bin/sh\necho "$@" >> "${log}"\nexec "${real}/git" "$@"\n`);
    await chmod(join(programs, "git"), 0o755);
    const before = process.env.PATH;
    process.env.PATH = `${programs}${delimiter}${before}`;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    const dataFolder = await temporaryFolder();
    await expect(put(branchTarget("", { repository, dataFolder }), [dns])).rejects.toMatchObject({
      message: expect.not.stringContaining(token),
    });
    const to = branchTarget("", { repository, dataFolder, token: async () => token, isOwn: true });
    await put(to, [dns], { commit: a });
    await put(to, [dns2], { commit: b });
    const said = readFileSync(log, "utf8");
    expect(said).toContain("push");
    for (const secret of [token, Buffer.from(`x-access-token:${token}`).toString("base64")]) {
      expect(said).not.toContain(secret);
    }
    const clone = await temporaryFolder();
    // Not by the helper that waits: the server is in this process.
    expect(await asynchronousGit(clone, "clone", "-q", "--bare", url, ".")).toMatchObject({ code: 0 });
    expect(subjects(clone)).toEqual([`Publish the registry at ${b}`, `Publish the registry at ${a}`]);
    await expect(
      put(branchTarget("", { repository, branch: "main", token: async () => token }), [dns]),
    ).rejects.toThrow(/"main" is the default branch/);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("gitBranchTarget, where its folder cannot be written", () => {
  it("says where, and leaves the branch", async () => {
    const path = await bareRepository();
    await writeFile(join(path, "registrar"), "in the way");
    await expect(put(branchTarget(path), [dns])).rejects.toMatchObject({ code: "publish-failed" });
    await rm(join(path, "registrar"));
    await mkdir(join(path, "registrar"));
    await rm(join(path, "objects", "pack"), { recursive: true });
    await writeFile(join(path, "objects", "pack"), "in the way");
    await expect(put(branchTarget(path), [dns])).rejects.toMatchObject({
      ...{ code: "publish-failed", message: expect.stringMatching(/^Publishing to the repository .* failed: /) },
    });
    await rm(join(path, "objects", "pack"));
    await put(branchTarget(path), [dns]);
    expect(committed(path, "host")).toEqual(dnsFiles);
  });
});
