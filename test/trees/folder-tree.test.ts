import { execFileSync } from "node:child_process";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RegistryTree } from "../../src/registry/tree.ts";
import { readFolderTree } from "../../src/trees/folder-tree.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function contents(tree: RegistryTree): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { file, bytes } of tree.read(tree.files)) found[file.path] = Buffer.from(bytes).toString();
  return found;
}

const listing = (tree: RegistryTree) => tree.files.map((file) => [file.path, file.mode]);

describe("readFolderTree", () => {
  it("lists and reads the registry's files alone, sorted by path", async () => {
    const wanted = {
      ".github/registrar.yml": "paused: true\n",
      "keys/acme/k.asc": "key",
      "modules/acme/network/aws.json": "{}",
      "providers/Zeta/dns.json": "[]",
      "providers/acme/.gitkeep": "",
      "providers/acme/dns.json": '{"ä":1}',
    };
    const tree = await readFolderTree(
      await folderWith({ ...wanted, "README.md": "x", ".github/workflows/x.yml": "x", "src/providers/a/b.json": "x" }),
    );
    expect(tree.commit).toBeNull();
    expect(tree.files.map((file) => file.path)).toEqual(Object.keys(wanted));
    expect(await contents(tree)).toEqual(wanted);
    expect(tree.files.map((file) => file.size)).toEqual(Object.values(wanted).map((text) => Buffer.byteLength(text)));
  });

  it("is empty for a registry that has nothing yet", async () => {
    expect((await readFolderTree(await temporaryFolder())).files).toEqual([]);
  });

  it("marks executable files as git does", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    await chmod(join(folder, "providers/acme/dns.json"), 0o755);
    expect(listing(await readFolderTree(folder))).toEqual([["providers/acme/dns.json", "100755"]]);
  });

  it("lists symbolic links and follows none, to files, to folders or at the top", async () => {
    const outside = await folderWith({ "secret/a.json": "secret", "registrar.yml": "x" });
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    await symlink(join(outside, "secret/a.json"), join(folder, "providers/acme/link.json"));
    await symlink(join(outside, "secret"), join(folder, "providers/linked"));
    await symlink(join(outside, "secret"), join(folder, "modules"));
    await symlink(outside, join(folder, ".github"));
    await symlink("/nowhere", join(folder, "keys"));
    const tree = await readFolderTree(folder);
    expect(listing(tree)).toEqual([
      ["keys", "120000"],
      ["modules", "120000"],
      ["providers/acme/dns.json", "100644"],
      ["providers/acme/link.json", "120000"],
      ["providers/linked", "120000"],
    ]);
    for (const file of tree.files.filter(({ mode }) => mode === "120000")) {
      await expect(tree.read([file])[Symbol.asyncIterator]().next()).rejects.toThrow(/is a symbolic link/);
    }
  });

  it("does not read a file that has become a link since it was listed", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}", secret: "secret" });
    const tree = await readFolderTree(folder);
    await rm(join(folder, "providers/acme/dns.json"));
    await symlink(join(folder, "secret"), join(folder, "providers/acme/dns.json"));
    await expect(contents(tree)).rejects.toMatchObject({ code: "bad-tree" });
  });

  it.skipIf(process.platform === "win32")("passes over pipes, without waiting for them", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    execFileSync("mkfifo", [join(folder, "providers/acme/pipe.json")]);
    expect(listing(await readFolderTree(folder))).toEqual([["providers/acme/dns.json", "100644"]]);
  });

  it("reads the folder that a link given as the folder leads to", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    const link = join(await temporaryFolder(), "link");
    await symlink(folder, link);
    expect(listing(await readFolderTree(link))).toEqual([["providers/acme/dns.json", "100644"]]);
  });

  it("gives a changed file another id", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    const before = await readFolderTree(folder);
    await writeFile(join(folder, "providers/acme/dns.json"), "[]");
    expect((await readFolderTree(folder)).files[0]?.id).not.toBe(before.files[0]?.id);
  });

  it("says what to do when there is no such folder, or only a file", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    const expected = {
      code: "bad-argument",
      message: expect.stringContaining("Name the folder that holds providers/"),
    };
    await expect(readFolderTree(join(folder, "missing"))).rejects.toMatchObject(expected);
    await expect(readFolderTree(join(folder, "providers/acme/dns.json"))).rejects.toMatchObject(expected);
  });

  it("says which file it cannot read", async () => {
    const folder = await folderWith({ "providers/acme/dns.json": "{}" });
    const tree = await readFolderTree(folder);
    await rm(join(folder, "providers/acme/dns.json"));
    await expect(contents(tree)).rejects.toMatchObject({
      code: "bad-tree",
      message: expect.stringMatching(/"providers\/acme\/dns.json" cannot be read \(ENOENT\)/),
    });
  });

  it("can be left in the middle of reading", async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`providers/acme/p${index}.json`, "{}"]));
    const tree = await readFolderTree(await folderWith(files));
    for await (const { file } of tree.read(tree.files)) {
      expect(file).toBe(tree.files[0]);
      break;
    }
  });
});
