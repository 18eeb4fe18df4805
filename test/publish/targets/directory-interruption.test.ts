import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { published } from "../support/folders.ts";
import { interruptedTrees } from "../support/interrupted-trees.ts";
import { killWorlds } from "../support/kill-worlds.ts";
import { KillablePublisher } from "../support/killable-publisher.ts";
import { killOften } from "../support/killed-often.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const settings = { layout: null };
const readKeys = async () => [];

describe("directoryTarget, when its process is killed", () => {
  it("leaves every address old or new, and the next publication makes everything right", async () => {
    await killOften("dir", async () => {
      const root = join(await temporaryFolder(), "out");
      return {
        order: { target: `dir:${root}`, data: null, endpoint: null },
        target: directoryTarget(root),
        read: async () => (existsSync(root) ? published(root) : {}),
        quiet: async () => undefined,
      };
    });
  }, 300_000);

  it("keeps another publisher out while it runs, in another process and in the same", async () => {
    const root = join(await temporaryFolder(), "out");
    const expected = {
      code: "publish-failed",
      message: expect.stringMatching(/Another publisher is writing to .* publish again/),
    };
    const session = await directoryTarget(root).open({ commit: null, dryRun: false });
    await expect(directoryTarget(root).open({ commit: null, dryRun: false })).rejects.toMatchObject(expected);
    const other = new KillablePublisher("dir", await temporaryFolder());
    const { repository, commits } = await killWorlds();
    const order = { target: `dir:${root}`, data: null, endpoint: null, repository, commit: commits[0] ?? "" };
    await expect(other.run({ ...order, isGroup: false, at: null }, null)).rejects.toThrow(
      /Another publisher is writing to/,
    );
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
