import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RegistryTree } from "../../src/registry/tree.ts";
import { type FollowedTree, followTree } from "../../src/trees/follow-tree.ts";
import { bareRepository, commitTo, git } from "../publish/support/git.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

type Read = FollowedTree["read"];
const paths = async (read: Read) => (await read()).files.map(({ path }) => path);

async function follow(request: Parameters<typeof followTree>[0]): Promise<Read> {
  const followed = await followTree(request);
  onTestFinished(() => followed.stop());
  return () => followed.read();
}

const texts = async (tree: RegistryTree) => {
  const found: string[] = [];
  for await (const { bytes } of tree.read(tree.files)) found.push(Buffer.from(bytes).toString());
  return found;
};

/** It looks less often where a look takes long, as on a machine that is busy. */
const later = { timeout: 20_000, interval: 20 };

describe("followTree", () => {
  it("follows the files of a folder, and gives the same tree while they stay", async () => {
    const folder = await temporaryFolder();
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write("providers/acme/dns.json", "{}");
    const read = await follow({ folder, everyMs: 0 });
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
    const read = await follow({ folder, everyMs: 0, ...(commit === undefined ? {} : { commit }) });
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
    const read = await follow({ folder, everyMs: 300 });
    const first = await read();
    await commitTo(folder, "main", { "providers/acme/net.json": "{}" });
    const soon = await read();
    expect(soon === first || soon.commit !== one).toBe(true);
    await expect.poll(() => paths(read), later).toHaveLength(2);
    git(folder, "update-ref", "-d", "refs/heads/main");
    const problem = async () => {
      try {
        await read();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    await expect.poll(problem, later).toMatchObject({ code: "bad-argument" });
    expect(await paths(read)).toHaveLength(2);
  });

  it("gives what it knows at once; who asks later waits for a look, and another one meanwhile does not", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "providers/acme"), { recursive: true });
    const path = join(folder, "providers/acme/dns.json");
    await writeFile(path, "{}");
    const read = await follow({ folder, everyMs: 400 });
    const first = await read();
    await writeFile(path, "{ }");
    let look: ReturnType<Read> = first;
    let other: ReturnType<Read> = first;
    const isLooking = () => {
      look = read();
      other = read();
      return look instanceof Promise;
    };
    await expect.poll(isLooking, later).toBe(true);
    expect(other).toBe(first);
    const second = await look;
    expect(second).not.toBe(first);
    expect(read()).toBe(second);
  });

  it("lets nobody wait for the look at a folder of thousands of files, and sees what has changed there", async () => {
    const folder = await temporaryFolder();
    for (let at = 0; at < 1500; at += 1) {
      await mkdir(join(folder, `providers/n${at}`), { recursive: true });
      await writeFile(join(folder, `providers/n${at}/dns.json`), "{}");
    }
    const read = await follow({ folder, everyMs: 50 });
    const first = await read();
    await writeFile(join(folder, "providers/n700/net.json"), "{}");
    let waited = 0;
    const ask = async () => {
      const answer = read();
      if (answer instanceof Promise) waited += 1;
      return (await answer).files.length;
    };
    expect(first.files).toHaveLength(1500);
    await expect.poll(ask, { timeout: 30_000, interval: 2 }).toBe(1501);
    expect(waited).toBe(0);
  }, 60_000);

  it.skipIf(!existsSync("/proc"))(
    "reads files of a commit with one git, as many as are asked for, and goes on where that git has ended",
    async () => {
      const folder = await bareRepository();
      const files = Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `providers/acme/p${String(index).padStart(2, "0")}.json`,
          `${index}`,
        ]),
      );
      await commitTo(folder, "main", files);
      const read = await follow({ folder, everyMs: 0 });
      const tree = await read();
      expect(await texts(tree)).toEqual(Object.values(files));
      const some = { ...tree, files: tree.files.slice(3, 6) };
      expect(await texts(some)).toEqual(["3", "4", "5"]);
      for (const pid of children("cat-file")) process.kill(pid, "SIGKILL");
      await expect(texts(some)).rejects.toMatchObject({ code: "git-failed" });
      expect(await texts(some)).toEqual(["3", "4", "5"]);
      expect(await read()).toBe(tree);
      await commitTo(folder, "main", { "providers/acme/p03.json": "new" });
      const next = await read();
      expect(await texts({ ...next, files: next.files.slice(3, 6) })).toEqual(["new", "4", "5"]);
    },
  );
});

/** Processes that were started by this one, by a word of their command. */
function children(word: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
      const isOurs = parent === String(process.pid) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word);
      return isOurs ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
