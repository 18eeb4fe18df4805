import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdir, readFile, rm, symlink, truncate, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DocumentFolder } from "../../../src/publish/document.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { folderOf, published } from "../support/folders.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function publishTo(
  root: string,
  folders: readonly DocumentFolder[],
  { dryRun = false, commit = null as string | null } = {},
) {
  const session = await directoryTarget(root).open({ commit, dryRun });
  await session.begin(null);
  try {
    for (const folder of folders) await session.put(folder);
    return await session.finish(null);
  } finally {
    await session.close();
  }
}

const dns = folderOf("v1/providers/acme/dns", "dns 1", {
  "1.0.0/download/linux/amd64": "one",
  "1.0.0/download/linux/arm64": "two",
});
const net = folderOf("v1/providers/acme/net", "net 1", { "1.0.0/download/linux/amd64": "three" });
const both = {
  "v1/providers/acme/dns/1.0.0/download/linux/amd64": "one",
  "v1/providers/acme/dns/1.0.0/download/linux/arm64": "two",
  "v1/providers/acme/dns/versions": "dns 1",
  "v1/providers/acme/net/1.0.0/download/linux/amd64": "three",
  "v1/providers/acme/net/versions": "net 1",
};
const amd64 = "v1/providers/acme/dns/1.0.0/download/linux/amd64";

/** A folder that was published to, with `dns` and `net`. */
async function publishedFolder(): Promise<string> {
  const root = join(await temporaryFolder(), "out");
  await publishTo(root, [dns, net]);
  return root;
}

describe("directoryTarget", () => {
  it("writes every document into a folder that it makes", async () => {
    const root = join(await temporaryFolder(), "deep", "out");
    expect(await publishTo(root, [dns, net])).toEqual({ written: 5, unchanged: 0, deleted: 0 });
    expect(published(root)).toEqual(both);
  });

  it("writes nothing at all when nothing has changed", async () => {
    const root = await publishedFolder();
    const stamps = () =>
      (readdirSync(root, { recursive: true, encoding: "utf8" }) as string[])
        .filter((path) => !path.startsWith(".registrar/lock"))
        .sort()
        .map((path) => [
          path,
          statSync(join(root, path)).ino,
          statSync(join(root, path)).isFile() && statSync(join(root, path)).ctimeMs,
        ]);
    const before = stamps();
    expect(await publishTo(root, [dns, net])).toEqual({ written: 0, unchanged: 5, deleted: 0 });
    expect(stamps()).toEqual(before);
  });

  it("writes, keeps and deletes what a change asks for, and leaves no empty folders", async () => {
    const root = await publishedFolder();
    const changed = folderOf("v1/providers/acme/dns", "dns 2", {
      "1.0.0/download/linux/amd64": "one",
      "2.0.0/download/linux/amd64": "new",
    });
    expect(await publishTo(root, [changed])).toEqual({ written: 2, unchanged: 1, deleted: 3 });
    expect(published(root)).toEqual({
      [amd64]: "one",
      "v1/providers/acme/dns/2.0.0/download/linux/amd64": "new",
      "v1/providers/acme/dns/versions": "dns 2",
    });
    expect(readdirSync(join(root, "v1/providers/acme"))).toEqual(["dns"]);
    expect(readdirSync(join(root, ".registrar/written/v1/providers/acme"))).toEqual(["dns.json"]);
    expect(await publishTo(root, [])).toEqual({ written: 0, unchanged: 0, deleted: 3 });
    expect(readdirSync(root)).toEqual([".registrar"]);
  });

  it.each<[string, (file: string, root: string) => Promise<unknown>]>([
    ["changed", (file) => writeFile(file, "One")],
    [
      "changed with its time put back",
      async (file) => {
        const { atime, mtime } = lstatSync(file);
        await writeFile(file, "One");
        await utimes(file, atime, mtime);
      },
    ],
    ["emptied, as after a power failure", (file) => truncate(file, 0)],
    ["deleted", (file) => unlink(file)],
    ["deleted with its folder", (file) => rm(join(file, "../../.."), { recursive: true })],
    [
      "replaced by a link to the same text",
      async (file, root) => {
        await writeFile(join(root, "..", "same"), "one");
        await unlink(file);
        await symlink(join(root, "..", "same"), file);
      },
    ],
    ["made unreadable", (file) => chmod(file, 0o000)],
    ["replaced by bytes that are no text", (file) => writeFile(file, Buffer.from([0xff, 0xfe, 0xfd]))],
  ])("repairs a file that was %s by hand", async (_, harm) => {
    const root = await publishedFolder();
    await harm(join(root, amd64), root);
    await publishTo(root, [dns, net]);
    expect(published(root)).toEqual(both);
    expect(lstatSync(join(root, amd64)).isFile()).toBe(true);
  });

  it("is right also when what it knows of its files is gone: it takes over those that are as they should be", async () => {
    const root = await publishedFolder();
    await rm(join(root, ".registrar/written"), { recursive: true });
    expect(await publishTo(root, [dns, net])).toEqual({ written: 0, unchanged: 5, deleted: 0 });
    expect(await publishTo(root, [net])).toMatchObject({ deleted: 3 });
  });

  it("never touches files that it did not write", async () => {
    const root = await publishedFolder();
    const own = {
      "v1/providers/acme/dns/notes.txt": "mine",
      "v1/providers/acme/own/versions": "mine",
      "robots.txt": "mine",
    };
    for (const [path, text] of Object.entries(own)) {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await publishTo(root, [dns]);
    await publishTo(root, []);
    expect(published(root)).toEqual(own);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["a file", (path) => writeFile(path, "mine")],
    ["a folder", (path) => mkdir(path)],
    ["a link", (path) => symlink("/etc/hostname", path)],
  ])("refuses to write over %s of somebody else, before it changes anything of that address", async (_, put) => {
    const root = await publishedFolder();
    await mkdir(join(root, "v1/providers/acme/dns/2.0.0/download/linux"), { recursive: true });
    await put(join(root, "v1/providers/acme/dns/2.0.0/download/linux/amd64"));
    const changed = folderOf("v1/providers/acme/dns", "dns 2", {
      "1.0.0/download/linux/amd64": "changed",
      "2.0.0/download/linux/amd64": "new",
    });
    const before = await readFile(join(root, amd64), "utf8");
    await expect(publishTo(root, [changed])).rejects.toMatchObject({
      code: "publish-failed",
      message: expect.stringMatching(
        /2\.0\.0\/download\/linux\/amd64" .* did not make\. Move it away, then publish again\./,
      ),
    });
    expect(await readFile(join(root, amd64), "utf8")).toBe(before);
    expect(await readFile(join(root, "v1/providers/acme/dns/versions"), "utf8")).toBe("dns 1");
  });

  it("writes lists after documents: one that cannot be written leaves the old list", async () => {
    const root = await publishedFolder();
    await unlink(join(root, amd64));
    await mkdir(join(root, amd64));
    const changed = folderOf("v1/providers/acme/dns", "dns 2", {
      "1.0.0/download/linux/arm64": "changed",
      "1.0.0/download/linux/amd64": "changed",
    });
    await expect(publishTo(root, [changed])).rejects.toMatchObject({ code: "publish-failed" });
    expect(await readFile(join(root, "v1/providers/acme/dns/versions"), "utf8")).toBe("dns 1");
    expect(await readFile(join(root, "v1/providers/acme/dns/1.0.0/download/linux/arm64"), "utf8")).toBe("changed");
  });

  it("knows what an interrupted publication wrote, and removes it when it is no longer published", async () => {
    const root = await publishedFolder();
    await unlink(join(root, amd64));
    await mkdir(join(root, amd64));
    const halfway = folderOf("v1/providers/acme/dns", "dns 2", {
      "2.0.0/download/linux/amd64": "new",
      "1.0.0/download/linux/amd64": "changed",
    });
    await expect(publishTo(root, [halfway, net])).rejects.toMatchObject({ code: "publish-failed" });
    expect(await readFile(join(root, "v1/providers/acme/dns/2.0.0/download/linux/amd64"), "utf8")).toBe("new");
    await rm(join(root, amd64), { recursive: true });
    await publishTo(root, [dns, net]);
    expect(published(root)).toEqual(both);
  });

  it("deletes after the list has changed, and of a gone address the list first", async () => {
    const root = await publishedFolder();
    await unlink(join(root, amd64));
    await mkdir(join(root, amd64));
    await expect(publishTo(root, [folderOf("v1/providers/acme/dns", "dns 2")])).rejects.toMatchObject({
      code: "publish-failed",
    });
    expect(await readFile(join(root, "v1/providers/acme/dns/versions"), "utf8")).toBe("dns 2");
    await expect(publishTo(root, [])).rejects.toMatchObject({ code: "publish-failed" });
    expect(Object.keys(published(root))).not.toContain("v1/providers/acme/dns/versions");
    await rm(join(root, amd64), { recursive: true });
    await publishTo(root, []);
    expect(published(root)).toEqual({});
  });

  it("follows no link that stands for one of its folders, neither to write nor to delete", async () => {
    const root = await publishedFolder();
    const elsewhere = await temporaryFolder();
    await mkdir(join(elsewhere, "1.0.0/download/linux"), { recursive: true });
    await writeFile(join(elsewhere, "1.0.0/download/linux/amd64"), "precious");
    await rm(join(root, "v1/providers/acme/dns"), { recursive: true });
    await symlink(elsewhere, join(root, "v1/providers/acme/dns"));
    for (const folders of [[dns, net], [net]]) {
      await expect(publishTo(root, folders)).rejects.toThrow(/"v1\/providers\/acme\/dns" .* is a symbolic link/);
    }
    expect(readdirSync(join(elsewhere, "1.0.0/download/linux"))).toEqual(["amd64"]);
  });

  it.each([
    ["a dry run of the first publication", false],
    ["a dry run of a change", true],
  ])("counts as the real one would, and changes nothing: %s", async (_, isPublished) => {
    const root = isPublished ? await publishedFolder() : join(await temporaryFolder(), "out");
    const folders = [folderOf("v1/providers/acme/dns", "dns 2", { "1.0.0/download/linux/amd64": "one" })];
    const foretold = await publishTo(root, folders, { dryRun: true });
    if (isPublished) expect(published(root)).toEqual(both);
    else expect(() => statSync(root)).toThrow(/ENOENT/);
    expect(await publishTo(root, folders)).toEqual(foretold);
  });

  it("keeps folders that were not put when a session ends early", async () => {
    const root = await publishedFolder();
    const session = await directoryTarget(root).open({ commit: null, dryRun: false });
    await session.begin(null);
    await session.put(dns);
    await session.close();
    expect(published(root)).toEqual(both);
  });

  it("notes the commit that was published", async () => {
    const root = join(await temporaryFolder(), "out");
    await publishTo(root, [dns], { commit: "c".repeat(40) });
    expect(JSON.parse(await readFile(join(root, ".registrar/published.json"), "utf8"))).toEqual({
      format: 1,
      commit: "c".repeat(40),
    });
  });

  it.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    [
      "other files",
      (folder) => writeFile(join(folder, "index.html"), ""),
      /holds files that Registrar did not write \("index\.html"\)\. Publish to an empty or new folder\./,
    ],
    ["only a hidden folder", (folder) => mkdir(join(folder, ".git")), /did not write \("\.git"\)/],
  ])("refuses a folder with %s", async (_, fill, message) => {
    const root = await temporaryFolder();
    await fill(root);
    const before = readdirSync(root);
    for (const dryRun of [true, false]) await expect(publishTo(root, [dns], { dryRun })).rejects.toThrow(message);
    expect(readdirSync(root)).toEqual(before);
  });

  it("takes an empty folder, and one that was left before anything was written", async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, "lost+found"));
    await mkdir(join(root, ".registrar"));
    await publishTo(root, [dns, net]);
    expect(published(root)).toEqual(both);
  });

  it("refuses a file", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    await expect(publishTo(file, [dns])).rejects.toMatchObject({
      code: "bad-argument",
      message: expect.stringContaining("is a file"),
    });
  });

  it.skipIf(!existsSync("/proc/self"))("says so where no folder can be made, and does not try for ever", async () => {
    await expect(publishTo("/proc/registrar/out", [dns])).rejects.toMatchObject({
      code: "publish-failed",
      message: expect.stringMatching(/Publishing to the folder "\/proc\/registrar\/out" failed: ENOENT/),
    });
  });

  it.each([
    ["published.json", '{"format":2}'],
    ["published.json", "{"],
    ["written/v1/providers/acme/dns.json", '{"lists":["../../../../etc/passwd"],"documents":[]}'],
    ["written/v1/providers/acme/dns.json", ""],
  ])("refuses to go on from a state that it cannot trust: %s with %j", async (path, text) => {
    const root = await publishedFolder();
    await writeFile(join(root, ".registrar", path), text);
    await expect(publishTo(root, [])).rejects.toThrow(/is damaged or of another release\. /);
    expect(Object.keys(published(root))).toContain("v1/providers/acme/dns/versions");
  });

  it("says what failed on the disk and that publishing again goes on", async () => {
    const root = await publishedFolder();
    await rm(join(root, ".registrar/tmp"), { recursive: true });
    await writeFile(join(root, ".registrar/tmp"), "");
    await expect(publishTo(root, [dns])).rejects.toMatchObject({ code: "publish-failed" });
  });
});
