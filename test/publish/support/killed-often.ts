import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, onTestFinished } from "vitest";
import type { PublishTarget } from "../../../src/publish/target.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { publishRegistry } from "../../../src/tasks/publish-registry.ts";
import { readGitHistory } from "../../../src/trees/git-history.ts";
import { published } from "./folders.ts";
import { type KillOrder, type Length, randomFrom, randomMoment, type Spread } from "./kill-moments.ts";
import { killWorlds } from "./kill-worlds.ts";
import { KillablePublisher } from "./killable-publisher.ts";
import { type Files, neitherOldNorNew } from "./old-or-new.ts";
import { readTextKeys } from "./read-text-keys.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import type { OnWrite } from "./whole-requests.ts";

/** A place that is published to by processes that are killed. */
export interface KillPlace {
  readonly order: Pick<KillOrder, "target" | "data" | "endpoint">;
  /** The same place, for a publisher that lives. */
  readonly target: PublishTarget;
  /** What clients find there; throws where what they find is damaged. */
  read(): Promise<Files>;
  /** Resolves when nothing is under way any more that a killed publisher began. */
  quiet(): Promise<void>;
  /** Asserts more, after a last publication that changed something. */
  settled?(): Promise<void>;
  /** Where the writes that arrive count instead of the publisher's own steps: asks whether each one comes through. */
  watch?(onWrite: OnWrite | null): void;
}

/** By hand with more: KILLS=500, and SEED as a failure tells it. */
const kills = Number(process.env.KILLS ?? 50);
/** Of kills in a row, the first one of an empty place. */
const each = 17;

/**
 * Kills publications at random moments, one after the other, each of another state of the registry. After each kill all
 * addresses are seen in one of the states that were published since the place was last whole; every few kills the next
 * publication makes it whole.
 */
export async function killOften(kind: string, makePlace: () => Promise<KillPlace>): Promise<void> {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomFrom(seed);
  const { repository, commits } = await killWorlds();
  const publishTo = async (target: PublishTarget, world: number) =>
    publishRegistry({
      tree: await readGitHistory({ repository, commit: commits[world] ?? "" }),
      target,
      readKeys: readTextKeys,
    });
  const clean: Files[] = [];
  for (const world of commits.keys()) {
    const root = join(await temporaryFolder(), "out");
    await publishTo(directoryTarget(root), world);
    clean.push(published(root));
  }
  const publishers = await publishersOf(kind);
  const orderFor = (place: KillPlace, world: number) => ({ ...place.order, repository, commit: commits[world] ?? "" });
  const length = await measured(await makePlace(), { publishers, orderFor, publishTo });
  const spread: Spread = { before: 0, between: 0, after: 0, repairs: 0 };
  let place = await makePlace();
  let states: Files[] = [{}];
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill > 0 && kill % each === 0) {
      place = await makePlace();
      states = [{}];
    }
    const world = Math.floor(random() * commits.length);
    const moment = randomMoment(random, length);
    const isGroup = random() < 0.5;
    const context = `SEED=${seed}, kill ${kill} of a publication of state ${world}: ${JSON.stringify({ ...moment, isGroup })}`;
    const publisher = publishers.next();
    let asked = 0;
    let seenWrites = 0;
    const at = moment.kind === "step" ? moment : null;
    place.watch?.((path) => {
      asked += 1;
      if (!path.includes("/.registrar/")) seenWrites += 1;
      if (asked !== at?.step) return true;
      publisher.kill(isGroup);
      return at.when !== "before";
    });
    const death = await publisher
      .run(
        { ...orderFor(place, world), isGroup, at: place.watch === undefined ? at : null },
        at === null && moment.kind === "time" ? moment.ms : null,
      )
      .catch((error: unknown) => expect.fail(`${context}: ${error}`));
    if (place.watch !== undefined) await place.quiet();
    place.watch?.(null);
    if (states.length > 1) spread.repairs += 1;
    const target = clean[world] ?? {};
    states.push(target);
    const seen = await place.read().catch((error: unknown) => expect.fail(`${context}: ${error}`));
    expect(neitherOldNorNew(seen, states), context).toEqual([]);
    if ((place.watch === undefined ? death.writes : seenWrites) === 0) spread.before += 1;
    else if (isDeepStrictEqual(seen, target)) spread.after += 1;
    else spread.between += 1;
    const isLast = kill + 1 === kills || (kill + 1) % each === 0;
    if (random() < 0.6 && !isLast) continue;
    await place.quiet();
    const next = random() < 0.7 ? world : Math.floor(random() * commits.length);
    await publishTo(place.target, next).catch((error: unknown) =>
      expect.fail(`${context}, then state ${next}: ${error}`),
    );
    expect(await place.read(), `${context}, then state ${next}`).toEqual(clean[next]);
    states = [clean[next] ?? {}];
    if (!isLast) continue;
    await publishTo(place.target, (next + 1) % commits.length);
    await place.settled?.();
  }
  const told = `${kills} kills of ${kind}, SEED=${seed}: ${JSON.stringify(spread)}, ${JSON.stringify(length)}`;
  process.stdout.write(`${told}\n`);
  // A test of kills that come before the first write or after the last one could not fail.
  expect(spread.between, told).toBeGreaterThan(kills / 10);
  expect(spread.repairs, told).toBeGreaterThan(kills / 10);
}

/** Of the longer one of two publications that are left alone: of part of the registry, and of all of it. */
async function measured(
  place: KillPlace,
  of: {
    readonly publishers: Publishers;
    readonly orderFor: (
      place: KillPlace,
      world: number,
    ) => Pick<KillOrder, "target" | "data" | "endpoint" | "repository" | "commit">;
    readonly publishTo: (target: PublishTarget, world: number) => Promise<unknown>;
  },
): Promise<Length> {
  await of.publishTo(place.target, 0);
  let length: Length = { ms: 0, steps: 0, writes: 0 };
  for (const world of [1, 3]) {
    let writes = 0;
    place.watch?.(() => {
      writes += 1;
      return true;
    });
    const death = await of.publishers.next().run({ ...of.orderFor(place, world), isGroup: false, at: null }, null);
    const seen = place.watch === undefined ? death : { steps: writes, writes };
    length = {
      ms: Math.max(length.ms, death.ms ?? 0),
      steps: Math.max(length.steps, seen.steps),
      writes: Math.max(length.writes, seen.writes),
    };
  }
  place.watch?.(null);
  return length;
}

interface Publishers {
  next(): KillablePublisher;
}

/** The next one gets ready while this one is at work, and what it left is looked at. */
async function publishersOf(kind: string): Promise<Publishers> {
  const cache = await temporaryFolder();
  let waiting = new KillablePublisher(kind, cache);
  onTestFinished(() => waiting.stop());
  return {
    next: () => {
      const ready = waiting;
      waiting = new KillablePublisher(kind, cache);
      return ready;
    },
  };
}
