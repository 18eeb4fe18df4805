import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bump, git, type Input, someRecord, withKeys } from "../input.ts";
import { measure, median, type Run, say, seconds } from "../measure.ts";

const node = process.execPath;
const cli = join(import.meta.dirname, "../../src/cli.ts");

const publish = (registry: string, host: string): Promise<Run> =>
  measure(node, [cli, "publish", "--registry", registry, "--commit", "main", "--to", `git:${host}#host`, "--json"]);

/**
 * Full and incremental publish into a branch, in turn with the prototype's way: the same documents written as loose files
 * (by tar, which does nothing else), `git add`, `git commit`. For one bump the prototype's checkout is there already.
 */
export async function benchPublish(input: Input): Promise<readonly string[]> {
  // Copied before the first bump: one that adds a version again publishes none.
  const keyed = await withKeys(input);
  const bare = await benchRegistry(input, "");
  return [...bare, ...(await benchRegistry(keyed, ", with a key of 3 KB for each namespace"))];
}

async function benchRegistry(input: Input, what: string): Promise<readonly string[]> {
  const { folder, registry, rounds } = input;
  const full: Run[] = [];
  const loose: Run[] = [];
  const bumps: (Run & { readonly own: number })[] = [];
  const looseBumps: Run[] = [];
  const record = someRecord(input);
  let documents = 0;
  for (let round = 1; round <= rounds; round += 1) {
    say(`publish${what}: round ${round} of ${rounds}`);
    const host = join(folder, `host-${round}.git`);
    const work = join(folder, `loose-${round}`);
    mkdirSync(host);
    git(host, "init", "-q", "--bare");
    const run = await publish(registry, host);
    documents = JSON.parse(run.output).documents;
    full.push(run);
    say(`  full publish: ${seconds(run.ms)}, ${run.peakMb.toFixed(0)} MB`);
    const tar = join(folder, "documents.tar");
    execFileSync("git", ["--git-dir", host, "archive", "-o", tar, "host"]);
    mkdirSync(work);
    git(work, "init", "-q");
    loose.push(await looseCommit(work, `tar xf '${tar}'`));
    say(`  loose files: ${seconds(loose.at(-1)?.ms ?? 0)}`);
    bump(input, record, `99.${round}.0`);
    const bumped = await publish(registry, host);
    bumps.push({ ...bumped, own: JSON.parse(bumped.output).ms });
    say(`  one bump: ${seconds(bumped.ms)}, of which publishing ${seconds(bumps.at(-1)?.own ?? 0)}`);
    const changed = git(host, "diff", "--name-only", "--diff-filter=d", "host~1", "host").split("\n");
    execFileSync("git", ["--git-dir", host, "archive", "-o", tar, "host", ...changed]);
    looseBumps.push(await looseCommit(work, `tar xf '${tar}'`));
    say(`  the same with git add: ${seconds(looseBumps.at(-1)?.ms ?? 0)}`);
    for (const path of [host, work, tar]) rmSync(path, { recursive: true, force: true });
  }
  const [ours, theirs] = [median(full.map(({ ms }) => ms)), median(loose.map(({ ms }) => ms))];
  const own = median(bumps.map((run) => run.own));
  const peak = (runs: readonly Run[]) => `${Math.max(...runs.map(({ peakMb }) => peakMb)).toFixed(0)} MB`;
  return [
    `| full publish of ${documents} documents into an empty branch${what} | ${seconds(ours)} | loose files, \`git add\`, \`git commit\`: ${seconds(theirs)} | ${(theirs / ours).toFixed(1)} times as fast | ${peak(full)} |`,
    `| one bumped record on top${what}: publishing alone | ${seconds(own)} | the same with \`git add\`: ${seconds(median(looseBumps.map(({ ms }) => ms)))} | ${(median(looseBumps.map(({ ms }) => ms)) / own).toFixed(1)} times as fast | ${peak(bumps)} |`,
    `| the same as a command, with the start of Node${what} | ${seconds(median(bumps.map(({ ms }) => ms)))} | | | |`,
  ];
}

const looseCommit = (work: string, write: string): Promise<Run> =>
  measure(
    "bash",
    [
      "-c",
      `set -e; ${write}; git -c gc.auto=0 add -A; git -c gc.auto=0 -c user.name=B -c user.email=b@example.com commit -q -m x; echo done`,
    ],
    work,
  );
