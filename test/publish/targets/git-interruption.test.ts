import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import { gitBranchTarget } from "../../../src/publish/targets/git-branch.ts";
import { bareRepository, committed, git } from "../support/git.ts";
import { interruptedTrees } from "../support/interrupted-trees.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const child = new URL("../support/publish-child.ts", import.meta.url).pathname;

/** Runs the publisher for so long after it has begun, then kills it. */
async function killAfter(args: readonly string[], ms: number): Promise<void> {
  const running = spawn(process.execPath, [child, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve) => running.stdout.once("data", () => resolve()));
  const ended = new Promise((resolve) => running.once("close", resolve));
  await wait(ms);
  running.kill("SIGKILL");
  await ended;
}

/** A git that was under way when its publisher was killed goes on for a moment, and a push of its may still arrive. */
async function quiet(path: string): Promise<void> {
  const isAtWork = (pid: string) => {
    try {
      return /^\d+$/.test(pid) && pid !== String(process.pid) && readFileSync(`/proc/${pid}/cmdline`).includes(path);
    } catch {
      return false;
    }
  };
  while (existsSync("/proc") && readdirSync("/proc").some(isAtWork)) await wait(20);
}

const publishTo = (repository: Parameters<typeof gitBranchTarget>[0]["repository"], dataFolder: string | null) => {
  const target = gitBranchTarget({ repository, branch: "host", isOwn: false, dataFolder, token: async () => null });
  return (tree: (typeof interruptedTrees)[number]) =>
    publish({ tree, target, settings: { layout: null }, readKeys: async () => [] });
};

describe.each([["folder"], ["url"]] as const)("gitBranchTarget, when its process is killed (%s)", (kind) => {
  it("leaves the old branch or the new one, and the next publication makes everything right", async () => {
    const states: Record<string, string>[] = [];
    for (const tree of interruptedTrees) {
      const clean = await bareRepository();
      await publishTo({ kind: "folder", path: clean }, null)(tree);
      states.push(committed(clean, "host"));
    }
    const path = await bareRepository();
    git(path, "config", "uploadpack.allowFilter", "true");
    const url = `file://${path}`;
    const dataFolder = kind === "url" ? await temporaryFolder() : null;
    const args = kind === "url" ? [`git:${url}`, dataFolder ?? ""] : [`git:${path}`];
    for (let round = 0; round < Number(process.env.KILLS ?? 5); round += 1) {
      await killAfter(args, Math.random() * 700);
      const tip = git(path, "for-each-ref", "--format=%(objectname)", "refs/heads");
      if (tip !== "") expect(states).toContainEqual(committed(path, tip));
      expect(git(path, "fsck", "--no-dangling", "--connectivity-only")).toBe("");
    }
    await quiet(path);
    if (dataFolder !== null) await quiet(dataFolder);
    const run = publishTo(kind === "url" ? { kind, url } : { kind, path }, dataFolder);
    for (const [index, tree] of interruptedTrees.entries()) {
      await run(tree);
      expect(committed(path, "host")).toEqual(states[index]);
    }
    if (kind === "folder") expect(readdirSync(join(path, "registrar"))).toEqual(["lock"]);
    expect(readdirSync(join(path, "objects", "pack")).filter((name) => name.startsWith("tmp_"))).toEqual([]);
  }, 300_000);
});
