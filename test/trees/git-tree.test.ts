import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RegistryTree } from "../../src/registry/tree.ts";
import { readFolderTree } from "../../src/trees/folder-tree.ts";
import { readGitTree } from "../../src/trees/git-tree.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();

async function repositoryWith(files: Record<string, string | Buffer>): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, "init", "-q", "-b", "main");
  await commit(folder, files);
  return folder;
}

async function commit(folder: string, files: Record<string, string | Buffer>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "--allow-empty", "-m", "change");
  return git(folder, "rev-parse", "HEAD");
}

async function contents(tree: RegistryTree): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const regular = tree.files.filter((file) => file.mode.startsWith("100"));
  for await (const { file, bytes } of tree.read(regular))
    found.push([file.path, Buffer.from(bytes).toString("latin1")]);
  return found;
}

const files = {
  ".github/registrar.yml": "paused: true\n",
  "keys/acme/k.asc": "",
  "modules/acme/network/aws.json": "{}",
  "providers/Zeta/dns.json": "x\n\nblob 5\n",
  "providers/acme/dns.json": Buffer.from([0, 10, 255, 0]),
};

/** Processes that were started by this one and still run, by the words of their command. */
function children(word: string): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
      return parent === String(process.pid) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word);
    } catch {
      return false;
    }
  });
}

describe("readGitTree", () => {
  it.each([
    ["loose objects", []],
    ["a packed repository", ["gc", "-q"]],
  ])("lists and reads the registry's files alone, from %s", async (_, command) => {
    const folder = await repositoryWith({ ...files, "README.md": "x", ".github/workflows/x.yml": "x" });
    if (command.length > 0) git(folder, ...command);
    const tree = await readGitTree({ repository: folder, commit: "main" });
    expect(tree.commit).toBe(git(folder, "rev-parse", "main"));
    expect(await contents(tree)).toEqual(
      Object.entries(files).map(([path, text]) => [path, Buffer.from(text).toString("latin1")]),
    );
    expect(tree.files.map((file) => file.size)).toEqual(Object.values(files).map((text) => Buffer.byteLength(text)));
    expect(tree.files[1]?.id).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  });

  it("reads the commit, not the work tree, of bare repositories, of work trees, and of clones by any name", async () => {
    const folder = await repositoryWith({ "providers/acme/dns.json": "old" });
    const first = git(folder, "rev-parse", "HEAD");
    git(folder, "tag", "-m", "annotated", "v1");
    await commit(folder, { "providers/acme/dns.json": "new" });
    await writeFile(join(folder, "providers/acme/dns.json"), "dirty");
    const bare = join(await temporaryFolder(), "bare.git");
    git(folder, "clone", "-q", "--bare", folder, bare);
    git(folder, "worktree", "add", "-q", `${bare}-tree`, "v1");
    for (const repository of [folder, bare, `${bare}-tree`]) {
      for (const [name, expected] of [
        ["main", "new"],
        ["main~1", "old"],
        ["v1", "old"],
        [first.slice(0, 12), "old"],
      ] as const) {
        const tree = await readGitTree({ repository, commit: name });
        expect(await contents(tree)).toEqual([["providers/acme/dns.json", expected]]);
      }
    }
  });

  it("agrees with the folder reader, odd names, links and executable files included", async () => {
    const folder = await repositoryWith({
      ...files,
      'providers/acme/with "quotes" and spaces.json': "1",
      "providers/acme/new\nline.json": "2",
      "providers/acme/ümlaut.json": "3",
      "providers/acme/tab\t.json": "4",
      "providers/acme.json": "5",
      "providers/acme-dns/x.json": "6",
      "providers/-p.json": "7",
    });
    await symlink("dns.json", join(folder, "providers/acme/link.json"));
    await chmod(join(folder, "modules/acme/network/aws.json"), 0o755);
    await commit(folder, {});
    const [fromGit, fromFolder] = [
      await readGitTree({ repository: folder, commit: "HEAD" }),
      await readFolderTree(folder),
    ];
    const listing = (tree: RegistryTree) => tree.files.map(({ path, mode }) => [path, mode]);
    expect(listing(fromGit)).toEqual(listing(fromFolder));
    expect(listing(fromGit)).toContainEqual(["providers/acme/link.json", "120000"]);
    expect(listing(fromGit)).toContainEqual(["modules/acme/network/aws.json", "100755"]);
    expect(await contents(fromGit)).toEqual(await contents(fromFolder));
  });

  it("lists a name that is no UTF-8, and reads the others", async () => {
    const folder = await repositoryWith({ "providers/acme/dns.json": "{}" });
    await writeFile(
      Buffer.concat([Buffer.from(`${folder}/providers/acme/`), Buffer.from([0xff]), Buffer.from(".json")]),
      "x",
    );
    await commit(folder, {});
    const tree = await readGitTree({ repository: folder, commit: "HEAD" });
    expect(await contents(tree)).toEqual([
      ["providers/acme/dns.json", "{}"],
      ["providers/acme/\uFFFD.json", "x"],
    ]);
  });

  it("does not read links or submodules", async () => {
    const folder = await repositoryWith({ "providers/acme/dns.json": "{}" });
    git(folder, "update-index", "--add", "--cacheinfo", `160000,${git(folder, "rev-parse", "HEAD")},providers/sub`);
    git(folder, "commit", "-q", "-m", "submodule");
    const tree = await readGitTree({ repository: folder, commit: "HEAD" });
    const sub = tree.files.find((file) => file.path === "providers/sub");
    expect(sub?.mode).toBe("160000");
    expect(() => tree.read(sub ? [sub] : [])).toThrow(/is a submodule/);
  });

  it("reads files larger than a pipe, in the order asked for", async () => {
    const large = Buffer.alloc(3_000_000, "0123456789\n");
    const folder = await repositoryWith({ "providers/a/large.json": large, "providers/b/small.json": "{}" });
    const tree = await readGitTree({ repository: folder, commit: "HEAD" });
    const sizes: [string, number][] = [];
    for await (const { file, bytes } of tree.read(tree.files.toReversed())) sizes.push([file.path, bytes.length]);
    expect(sizes).toEqual([
      ["providers/b/small.json", 2],
      ["providers/a/large.json", large.length],
    ]);
  });

  it.skipIf(!existsSync("/proc"))(
    "runs one process for all files, and none after the reader has stopped early",
    async () => {
      const many = Object.fromEntries(
        Array.from({ length: 300 }, (_, index) => [`providers/acme/p${index}.json`, "x".repeat(2000)]),
      );
      const folder = await repositoryWith(many);
      const tree = await readGitTree({ repository: folder, commit: "HEAD" });
      let count = 0;
      for await (const _ of tree.read(tree.files)) {
        expect(children("cat-file")).toHaveLength(1);
        count += 1;
        if (count === 3) break;
      }
      expect(children("cat-file")).toEqual([]);
      await expect(
        (async () => {
          for await (const _ of tree.read(tree.files)) throw new Error("stopped");
        })(),
      ).rejects.toThrow("stopped");
      expect(children("cat-file")).toEqual([]);
    },
  );

  it("holds no more than it has to while the consumer is slow", async () => {
    const folder = await repositoryWith(
      Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`providers/acme/p${index}.json`, Buffer.alloc(1_000_000, index)]),
      ),
    );
    const tree = await readGitTree({ repository: folder, commit: "HEAD" });
    const before = process.memoryUsage().arrayBuffers;
    for await (const _ of tree.read(tree.files)) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
      break;
    }
  });

  it.each([
    "0123456789012345678901234567890123456789",
    "missing",
    "",
    "-h",
    "--all",
    "HEAD:providers",
    "main..main",
    "a b",
  ])("says so when there is no commit %j", async (name) => {
    const folder = await repositoryWith(files);
    await expect(readGitTree({ repository: folder, commit: name })).rejects.toMatchObject({
      code: "bad-argument",
      message: expect.stringMatching(/has no commit .* Name an existing branch, tag or commit/),
    });
  });

  it("does not take a repository further up for the one that was named", async () => {
    const folder = await repositoryWith(files);
    const expected = { code: "bad-argument", message: expect.stringContaining("is no git repository") };
    await expect(readGitTree({ repository: join(folder, "providers"), commit: "HEAD" })).rejects.toMatchObject(
      expected,
    );
    await expect(readGitTree({ repository: join(folder, "missing"), commit: "HEAD" })).rejects.toMatchObject(expected);
  });

  it("says which file is missing in a broken repository", async () => {
    const folder = await repositoryWith({ "providers/acme/dns.json": "{}" });
    const tree = await readGitTree({ repository: folder, commit: "HEAD" });
    const id = tree.files[0]?.id ?? "";
    await rm(join(folder, ".git/objects", id.slice(0, 2), id.slice(2)));
    await expect(contents(tree)).rejects.toMatchObject({
      code: "bad-tree",
      message: expect.stringMatching(/cannot give "providers\/acme\/dns.json" .*missing.*git fsck/),
    });
  });

  it("reads replaced objects as they were committed", async () => {
    const folder = await repositoryWith({ "providers/acme/dns.json": "true" });
    const old = git(folder, "rev-parse", "HEAD:providers/acme/dns.json");
    await writeFile(join(folder, "other"), "evil");
    git(folder, "replace", old, git(folder, "hash-object", "-w", "other"));
    expect(await contents(await readGitTree({ repository: folder, commit: "HEAD" }))).toEqual([
      ["providers/acme/dns.json", "true"],
    ]);
  });
});
