import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { brokenPromises } from "../support/broken-promises.ts";
import { published } from "../support/folders.ts";
import { interruptedTrees } from "../support/interrupted-trees.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const child = new URL("../support/publish-child.ts", import.meta.url).pathname;
/** By hand with more: KILLS=50. */
const kills = Number(process.env.KILLS ?? 6);
const settings = { layout: null };
const readKeys = async () => [];

/** Runs the publisher for so long after its first publication has begun, then kills it; what it said. */
async function killAfter(root: string, ms: number): Promise<string> {
  const running = spawn(process.execPath, [child, `dir:${root}`], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const ready = new Promise<void>((resolve) => {
    running.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready")) resolve();
    });
  });
  const ended = new Promise((resolve) => running.once("close", resolve));
  await ready;
  await wait(ms);
  running.kill("SIGKILL");
  await ended;
  return said;
}

describe("directoryTarget, when its process is killed", () => {
  it("leaves every list with its documents, and the next publication makes everything right", async () => {
    const root = join(await temporaryFolder(), "out");
    const clean: Record<string, string>[] = [];
    let longest = 0;
    for (const tree of interruptedTrees) {
      const folder = join(await temporaryFolder(), "out");
      const { ms } = await publish({ tree, target: directoryTarget(folder), settings, readKeys });
      longest = Math.max(longest, ms);
      clean.push(published(folder));
    }
    for (let round = 0; round < kills; round += 1) {
      // From before the first write to somewhere in the second tree.
      const ms = Math.random() * longest * 1.5;
      const said = await killAfter(root, ms);
      const context = `round ${round}, killed after ${ms} ms and ${said.split("published").length - 1} publications`;
      if (existsSync(root)) expect(brokenPromises(published(root)), context).toEqual([]);
      const next = interruptedTrees[round % 2];
      if (round % 3 !== 2 || next === undefined) continue;
      await publish({ tree: next, target: directoryTarget(root), settings, readKeys });
      expect(published(root), context).toEqual(clean[round % 2]);
    }
  }, 300_000);

  it("does not lock out the next publisher", async () => {
    const root = join(await temporaryFolder(), "out");
    await killAfter(root, 30);
    const report = await publish({ tree: interruptedTrees[0], target: directoryTarget(root), settings, readKeys });
    expect(report.documents).toBeGreaterThan(0);
  });

  it("keeps another publisher out while it runs, in another process and in the same", async () => {
    const root = join(await temporaryFolder(), "out");
    const expected = {
      code: "publish-failed",
      message: expect.stringMatching(/Another publisher is writing to .* publish again/),
    };
    const session = await directoryTarget(root).open({ commit: null, dryRun: false });
    await expect(directoryTarget(root).open({ commit: null, dryRun: false })).rejects.toMatchObject(expected);
    const other = spawn(process.execPath, [child, `dir:${root}`], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    other.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    expect(await new Promise((resolve) => other.once("close", resolve))).toBe(1);
    expect(errors).toContain("Another publisher is writing to");
    await session.close();
    await (await directoryTarget(root).open({ commit: null, dryRun: false })).close();
  });

  it("lets a dry run look while a publisher is at work", async () => {
    const root = join(await temporaryFolder(), "out");
    const session = await directoryTarget(root).open({ commit: null, dryRun: false });
    await publish({ tree: interruptedTrees[0], target: directoryTarget(root), settings, readKeys, dryRun: true });
    await session.close();
  });
});
