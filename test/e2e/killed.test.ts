import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { RecordedRequest } from "../../src/sandbox/index.ts";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import {
  aLargeRegistry,
  environmentFor,
  getRegistry,
  type LargeRegistry,
  publishedVersions,
  sendEventsTo,
} from "../support/stage/large-registry.ts";
import { isOwnWrite } from "../support/stage/stage.ts";

const secondsApart = "bump:\n  every: 1s\n";

const plays = [
  {
    name: "that comes in one grouped pull request",
    records: 60,
    released: 40,
    kills: 20,
    requests: 600,
    writes: 7,
    configuration: secondsApart,
  },
  {
    name: "that comes in a pull request for each record",
    records: 15,
    released: 12,
    kills: 12,
    requests: 300,
    writes: 40,
    configuration: `${secondsApart}  group_above: 100\n`,
  },
];

let world: LargeRegistry;

async function build({ records, released, configuration }: (typeof plays)[number]): Promise<void> {
  world = await aLargeRegistry(records, { writeSpacingMs: 20, configuration });
  const published = new Date(Date.now() - 60_000).toISOString();
  for (const author of world.authors.slice(0, released)) await author.cutRelease({ version: "1.1.0", published });
}
afterEach(() => world.stop());

/** Starts the service as a process of its own; resolves when it listens. */
async function startProcess(): Promise<{ readonly child: ChildProcess; readonly ended: Promise<void> }> {
  const {
    appId,
    privateKey,
    webhookSecret,
    authorWebhookSecret,
    repository,
    apiUrl,
    serverUrl,
    publishTo,
    dataFolder,
  } = environmentFor(world);
  const child = spawn(process.execPath, [join(import.meta.dirname, "../support/stage/killable-server.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      APP_ID: appId,
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: webhookSecret,
      AUTHOR_WEBHOOK_SECRET: authorWebhookSecret ?? "",
      REGISTRAR_REPOSITORY: repository,
      GITHUB_API_URL: apiUrl,
      GITHUB_SERVER_URL: serverUrl,
      PUBLISH_TO: publishTo ?? "",
      DATA_FOLDER: dataFolder,
      HOST: "127.0.0.1",
      PORT: "0",
      TEST_WRITE_SPACING_MS: "20",
    },
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("close", (code) => reject(new Error(`The service ended with ${code} before it listened.`)));
    createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
      const said = JSON.parse(line) as { message: string; url?: string };
      if (said.message === "listening" && said.url !== undefined) resolve(said.url);
    });
  });
  sendEventsTo(world, url);
  return { child, ended };
}

async function kill({ child, ended }: Awaited<ReturnType<typeof startProcess>>): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

const published = async () => {
  const lists = await Promise.all(world.authors.map(({ provider }) => publishedVersions(world, provider)));
  return lists.filter((versions) => versions.includes("1.1.0")).length;
};

/** Resolves when the service has sent so many more requests (or writes), or has nothing more to do. */
async function until(count: number, counted: (request: RecordedRequest) => boolean): Promise<void> {
  const since = world.sandbox.requests.length;
  const end = Date.now() + 3_000;
  while (Date.now() < end) {
    if (world.sandbox.requests.slice(since).filter(counted).length >= count) return;
    await sleep(2);
  }
}

const random = (most: number): number => 1 + Math.floor(Math.random() * most);

describe.each(plays)("a sweep $name, whose service is killed at random moments", (play) => {
  it("ends where one ends that was left alone, and has done nothing twice", async () => {
    await build(play);
    const moments: string[] = [];
    for (let times = 0; times < play.kills; times += 1) {
      const running = await startProcess();
      // Half of them amid the reading, half of them just after a write.
      const [count, what] = times % 2 === 0 ? [random(play.requests), "requests"] : [random(play.writes), "writes"];
      moments.push(`${count} ${what}`);
      await until(count, what === "writes" ? isOwnWrite : () => true);
      await kill(running);
    }
    const last = await startProcess();
    try {
      const patient = { timeoutMs: 90_000, everyMs: 200 };
      await pollUntil("all versions are published", async () => (await published()) === play.released, patient);
      await pollUntil("only the default branch is left", async () => (await branches()).length === 1, patient);
      await pollUntil("every merge has its last word", async () => (await unannounced()).length === 0, patient);
    } finally {
      await kill(last);
    }
    await expectSound(play.released, `killed after ${moments.join(", ")}`);
  }, 240_000);
});

const branches = async () => (await getRegistry<{ name: string }[]>(world, "branches")).map(({ name }) => name);

interface Pull {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly title: string;
}
const pulls = () => getRegistry<Pull[]>(world, "pulls?state=all&per_page=100");

const commentsOf = async ({ number }: Pull) =>
  (await getRegistry<{ body: string }[]>(world, `issues/${number}/comments`)).map(({ body }) => body);

async function unannounced(): Promise<readonly Pull[]> {
  const merged = (await pulls()).filter(({ merged_at }) => merged_at !== null);
  const said = await Promise.all(
    merged.map(async (pull) => (await commentsOf(pull)).some((body) => body.includes("🎉"))),
  );
  return merged.filter((_pull, index) => said[index] === false);
}

async function expectSound(released: number, hint: string): Promise<void> {
  const all = await pulls();
  expect(
    all.filter(({ state }) => state === "open"),
    hint,
  ).toEqual([]);
  for (const pull of all) expect((await commentsOf(pull)).length, `${hint}: ${pull.title}`).toBeLessThanOrEqual(1);
  // Each version was merged once: every merge that touched a record added to it what no other had.
  for (const [index, { provider }] of world.authors.entries()) {
    const { content } = await getRegistry<{ content: string }>(world, `contents/${provider.path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: { version: string }[] };
    const expected = index < released ? ["1.1.0", "1.0.0"] : ["1.0.0"];
    expect(
      record.versions.map(({ version }) => version),
      `${hint}: ${provider.path}`,
    ).toEqual(expected);
  }
  const merges = all.filter(({ merged_at }) => merged_at !== null);
  const commits = await getRegistry<{ parents: unknown[] }[]>(world, "commits?sha=main&per_page=100");
  expect(commits.filter(({ parents }) => parents.length === 2).length, hint).toBe(merges.length);
  expect(world.sandbox.violations, `${hint} in ${registryRepository}`).toEqual([]);
}
