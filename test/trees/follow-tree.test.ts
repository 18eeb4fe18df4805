import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { followTree } from "../../src/trees/follow-tree.ts";
import { bareRepository, commitTo, git } from "../publish/support/git.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

const paths = async (read: Awaited<ReturnType<typeof followTree>>) => (await read()).files.map(({ path }) => path);

describe("followTree", () => {
  it("follows the files of a folder, and gives the same tree while they stay", async () => {
    const folder = await temporaryFolder();
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write("providers/acme/dns.json", "{}");
    const read = await followTree({ folder, everyMs: 0 });
    const first = await read();
    expect(await read()).toBe(first);
    await write("providers/acme/net.json", "{}");
    const second = await read();
    expect(second).not.toBe(first);
    expect(second.files.map(({ path }) => path)).toEqual(["providers/acme/dns.json", "providers/acme/net.json"]);
    await write("providers/acme/net.json", "{ }");
    const third = await read();
    expect(third).not.toBe(second);
    await rm(join(folder, "providers/acme/net.json"));
    expect(await paths(read)).toEqual(["providers/acme/dns.json"]);
  });

  it.each([
    ["a branch", "main"],
    ["the HEAD of a bare repository", undefined],
  ])("follows %s", async (_, commit) => {
    const folder = await bareRepository();
    const one = await commitTo(folder, "main", { "providers/acme/dns.json": "{}" });
    const read = await followTree({ folder, everyMs: 0, ...(commit === undefined ? {} : { commit }) });
    const first = await read();
    expect(first.commit).toBe(one);
    await commitTo(folder, "other", { "providers/acme/dns.json": "{}" });
    expect(await read()).toBe(first);
    const two = await commitTo(folder, "main", { "modules/acme/net/aws.json": "{}" });
    expect((await read()).commit).toBe(two);
    git(folder, "update-ref", "refs/heads/main", one);
    expect((await read()).commit).toBe(one);
  });

  it("looks once in a while only, also where a look fails", async () => {
    const folder = await bareRepository();
    const one = await commitTo(folder, "main", { "providers/acme/dns.json": "{}" });
    const read = await followTree({ folder, everyMs: 300 });
    const first = await read();
    await commitTo(folder, "main", { "providers/acme/net.json": "{}" });
    const soon = await read();
    expect(soon === first || soon.commit !== one).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 320));
    expect(await paths(read)).toHaveLength(2);
    git(folder, "update-ref", "-d", "refs/heads/main");
    await new Promise((resolve) => setTimeout(resolve, 320));
    await expect(read()).rejects.toMatchObject({ code: "bad-argument" });
    expect(await paths(read)).toHaveLength(2);
  });
});
