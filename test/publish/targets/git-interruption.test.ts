import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { branchTarget } from "../support/branch-target.ts";
import { bareRepository, committed, git } from "../support/git.ts";
import { startGitServer } from "../support/git-server.ts";
import { type KillPlace, killOften } from "../support/killed-often.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

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

/** What the branch has, which must all be there. */
function readBranch(path: string): Record<string, string> {
  const tip = git(path, "for-each-ref", "--format=%(objectname)", "refs/heads/host");
  return tip === "" ? {} : committed(path, tip);
}

const places: Record<string, () => Promise<KillPlace>> = {
  "a repository on this machine": async () => {
    const path = await bareRepository();
    return {
      order: { target: `git:${path}`, data: null, endpoint: null },
      target: branchTarget(path),
      read: async () => readBranch(path),
      quiet: () => quiet(path),
      settled: async () => assertClean(path),
    };
  },
  "a repository elsewhere": async () => {
    const path = await bareRepository();
    const data = await temporaryFolder();
    git(path, "config", "uploadpack.allowFilter", "true");
    const server = await startGitServer(path);
    onTestFinished(() => server.stop());
    const { url } = server;
    return {
      order: { target: `git:${url}`, data, endpoint: null },
      target: branchTarget(path, { repository: { kind: "url", url }, dataFolder: data }),
      read: async () => readBranch(path),
      quiet: async () => {
        await quiet(data);
        await server.quiet();
      },
      settled: async () => {
        const [copy = ""] = readdirSync(join(data, "publish"));
        assertClean(join(data, "publish", copy));
        expect(git(path, "fsck", "--no-dangling", "--connectivity-only")).toBe("");
      },
    };
  },
};

/** Nothing of earlier publications is left in the way, and everything is there. */
function assertClean(path: string): void {
  expect(git(path, "fsck", "--no-dangling", "--connectivity-only")).toBe("");
  expect(readdirSync(join(path, "registrar"))).toEqual(["lock"]);
  const left = readdirSync(path, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => /(^|\/)tmp_|\.lock$/.test(name))).toEqual([]);
}

describe("gitBranchTarget, when its process is killed", () => {
  it.each(Object.entries(places))(
    "leaves the old branch or the new one, and the next publication makes everything right: %s",
    async (_, makePlace) => {
      await killOften("git", makePlace);
    },
    300_000,
  );
});
