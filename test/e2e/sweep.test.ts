import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRegistrar } from "../../src/app/start.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import {
  aLargeRegistry,
  environmentFor,
  getRegistry,
  type LargeRegistry,
  publishedVersions,
  sendEventsTo,
} from "../support/stage/large-registry.ts";
import { isOwnWrite, operation } from "../support/stage/stage.ts";

let world: LargeRegistry;
const records = 300;
const released = 40;

beforeAll(async () => {
  world = await aLargeRegistry(records);
  const published = new Date(Date.now() - 60_000).toISOString();
  for (const author of world.authors.slice(0, released)) await author.cutRelease({ version: "1.1.0", published });
}, 120_000);
afterAll(() => world.stop());

/** Starts the service, waits until nothing is left to do, and says what that took. */
async function runOnce() {
  const since = world.sandbox.requests.length;
  const registrar = await startRegistrar(environmentFor(world), { log: () => undefined, writeSpacingMs: 0 });
  sendEventsTo(world, registrar.url);
  for (let calm = 0; calm < 3; calm += 1) {
    await pollUntil("the end of all work", () => registrar.pending() === 0, { timeoutMs: 120_000 });
    await world.sandbox.idle();
  }
  await registrar.stop();
  const requests = world.sandbox.requests.slice(since);
  return { requests, writes: requests.filter(isOwnWrite).map(operation) };
}

describe(`a registry of ${records} records, of which ${released} have new releases that no event told of`, () => {
  it("is brought up to date by one sweep, within the budget of requests", async () => {
    const { requests, writes } = await runOnce();
    for (const [index, { provider }] of world.authors.entries()) {
      const expected = index < released ? ["1.1.0", "1.0.0"] : ["1.0.0"];
      expect(await publishedVersions(world, provider), provider.path).toEqual(expected);
    }
    const glances = requests.filter(({ path }) => path.endsWith("/graphql"));
    expect(glances).toHaveLength(records / 100);
    // One grouped pull request: a tree, a commit, a branch, the pull request, its check, the merge, its last word.
    expect(writes.length).toBeLessThanOrEqual(7);
    const reads = requests.length - writes.length - glances.length;
    // 14 for a version that is judged (6 for each further one), and what a service asks when it starts.
    expect(reads).toBeLessThanOrEqual(14 + (released - 1) * 14 + 60);
    expect(world.sandbox.violations).toEqual([]);
  }, 180_000);

  it("has nothing more to do the next time, though all that was remembered is lost", async () => {
    await rm(join(world.folder, "data"), { recursive: true, force: true });
    const { requests, writes } = await runOnce();
    expect(writes).toEqual([]);
    expect(requests.filter(({ path }) => path.endsWith("/graphql"))).toHaveLength(records / 100);
    expect(await getRegistry(world, "pulls?state=all")).toMatchObject([
      { state: "closed", title: `${released} new versions of ${released} records` },
    ]);
  }, 120_000);
});
