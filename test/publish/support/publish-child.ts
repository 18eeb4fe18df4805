/**
 * Publishes a commit of a registry when it is told to, so that it can be killed at any moment of that:
 * `node publish-child.ts KIND`, then a `KillOrder` on standard input. Says `r` when it is ready, `s` or `w` before each
 * step (`w`: one that changes what is published, or brings that about), `e` at its end.
 */
import childProcess from "node:child_process";
import fs from "node:fs";
import { flushCompileCache, syncBuiltinESMExports } from "node:module";
import { parseTarget, type TargetAddress } from "../../../src/publish/parse-target.ts";
import type { PublishTarget } from "../../../src/publish/target.ts";
import { publishRegistry } from "../../../src/tasks/publish-registry.ts";
import { readGitHistory } from "../../../src/trees/git-history.ts";
import type { KillOrder } from "./kill-moments.ts";
import { readTextKeys } from "./read-text-keys.ts";

/** Only the one that is wanted: loading takes longer than publishing. */
const load = {
  dir: () => import("../../../src/publish/targets/directory.ts"),
  git: () => import("../../../src/publish/targets/git-branch.ts"),
  s3: () =>
    Promise.all([import("../../../src/publish/targets/s3.ts"), import("../../../src/publish/targets/s3-store.ts")]),
};
await load[process.argv[2] as keyof typeof load]();
flushCompileCache();
const write = fs.writeSync;
const say = (text: string): void => {
  try {
    write(1, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    say(text);
  }
};
say("r");
const order: KillOrder = JSON.parse(fs.readFileSync(0, "utf8"));
countSteps();
const { repository, commit } = order;
const target = await targetOf(parseTarget(order.target), order);
await publishRegistry({ tree: await readGitHistory({ repository, commit }), target, readKeys: readTextKeys });
say("e");
// Its end may be a moment of killing, too.
setTimeout(() => undefined, 60_000);

async function targetOf(address: TargetAddress, { data, endpoint }: KillOrder): Promise<PublishTarget> {
  switch (address.kind) {
    case "directory":
      return (await load.dir()).directoryTarget(address.path);
    case "git-branch": {
      const place = address.repository.kind === "own" ? ({ kind: "folder", path: "." } as const) : address.repository;
      const options = { repository: place, branch: address.branch, isOwn: false, dataFolder: data };
      return (await load.git()).gitBranchTarget({ ...options, token: async () => null });
    }
    case "s3": {
      const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
      const [{ s3Target }] = await load.s3();
      return s3Target({ ...address, endpoint, region: "us-east-1", credentials, dataFolder: data });
    }
  }
}

/** Counts what this process does to files, and the gits that it starts; dies at the step that was chosen. */
function countSteps(): void {
  const count = { steps: 0, writes: 0 };
  const { at } = order;
  const die = () => process.kill(order.isGroup ? -process.pid : process.pid, "SIGKILL");
  const around = (isWrite: boolean, run: () => unknown, half: () => unknown): unknown => {
    count.steps += 1;
    if (isWrite) count.writes += 1;
    say(isWrite ? "w" : "s");
    if (at === null || count[at.of] !== at.step || (at.of === "writes" && !isWrite)) return run();
    if (at.when === "before") die();
    const result = at.when === "within" ? half() : run();
    die();
    return result;
  };
  type Calls = Record<string, (...args: never[]) => unknown>;
  for (const call of ["writeFileSync", "mkdirSync", "renameSync", "unlinkSync", "rmdirSync", "rmSync", "mkdtempSync"]) {
    const calls = fs as unknown as Calls;
    const run = calls[call] as (...args: unknown[]) => unknown;
    calls[call] = (...args: unknown[]) => {
      const isWrite =
        /^(?:rename|unlink|write)/.test(call) && !String(args[call === "renameSync" ? 1 : 0]).includes("registrar/");
      const half = () =>
        call === "writeFileSync" ? run(args[0], String(args[1]).slice(0, String(args[1]).length / 2)) : run(...args);
      return around(isWrite, () => run(...args), half);
    };
  }
  const { spawn } = childProcess;
  (childProcess as unknown as Calls).spawn = (...args: never[]) => {
    const start = () => (spawn as (...args: never[]) => unknown)(...args);
    const pause = () => {
      start();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, at?.pause);
    };
    return around(/fast-import|update-ref|push/.test(String(args[1])), start, pause);
  };
  syncBuiltinESMExports();
}
