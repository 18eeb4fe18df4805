import { errorMessage } from "../registry/errors.ts";
import type { JsonObject } from "../registry/json.ts";
import type { RegistryTree } from "../registry/tree.ts";
import { readBump } from "./bump.ts";
import type { ProfiledPlace } from "./code-profile.ts";
import { Past } from "./past.ts";
import { playBump } from "./play.ts";
import { type PlayedLine, playedLine, profileOf, type Totals, totalsOf, unplayableLine } from "./report.ts";
import { startWorld, type World } from "./world.ts";

export interface ReplayReport {
  readonly totals: Totals;
  readonly profile: readonly ProfiledPlace[];
}

/**
 * Plays real bumps, newest first, as pull requests against the local GitHub, each on the state that the registry had
 * before it. `tree` is the newest state; `lines` are those of a file of bumps.
 */
export async function replay(input: {
  readonly tree: RegistryTree;
  readonly lines: readonly string[];
  readonly limit: number;
  readonly profile: boolean;
  readonly onPlayed: (line: PlayedLine) => void;
}): Promise<ReplayReport> {
  const read = input.lines.map(readBump);
  const bumps = read.map((line) => (line.kind === "bump" ? line.bump : null));
  const past = new Past(bumps, recordReader(input.tree));
  const world = await startWorld(input.tree, { profile: input.profile });
  const started = performance.now();
  const played: PlayedLine[] = [];
  let places: readonly ProfiledPlace[] = [];
  try {
    await warmUp(world);
    for (const [index, line] of read.slice(0, input.limit).entries()) {
      const result =
        line.kind === "bump"
          ? await playOne(world, { past, index, bump: line.bump })
          : unplayableLine(line.commit, line.problem);
      played.push(result);
      input.onPlayed(result);
    }
  } finally {
    places = await world.stop();
  }
  const ms = performance.now() - started;
  const { product, sandbox } = world;
  const { dead: jobsLost, failures: jobsTriedAgain } = product;
  const totals = totalsOf(played, { jobsLost, jobsTriedAgain, violations: sandbox.violations, ms });
  return { totals, profile: profileOf(places, played.length) };
}

/** A pull request that nobody counts: what Registrar asks once when it starts is no bump's. */
async function warmUp(world: World): Promise<void> {
  const states = [{ path: "README.md", before: null, after: {}, proposed: [] }];
  await playBump(world, { bump: { commit: "", date: null, files: [] }, states, index: -1 });
}

async function playOne(
  world: World,
  {
    past,
    index,
    bump,
  }: { readonly past: Past; readonly index: number; readonly bump: Parameters<typeof playedLine>[0] },
): Promise<PlayedLine> {
  try {
    const states = await past.undo(index);
    return playedLine(bump, await playBump(world, { bump, states, index }));
  } catch (error) {
    return unplayableLine(bump.commit, errorMessage(error));
  }
}

/** Records of the newest state, each read when it is asked for; null where there is none that can be read. */
function recordReader(tree: RegistryTree): (path: string) => Promise<JsonObject | null> {
  const files = new Map(tree.files.map((file) => [file.path, file]));
  return async (path) => {
    const file = files.get(path);
    if (file === undefined) return null;
    for await (const { bytes } of tree.read([file])) return JSON.parse(Buffer.from(bytes).toString("utf8"));
    return null;
  };
}
