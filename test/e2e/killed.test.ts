import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const released = 40;
const kills = 20;
let world: LargeRegistry;

beforeAll(async () => {
  world = await aLargeRegistry(60, { writeSpacingMs: 20 });
  const published = new Date(Date.now() - 60_000).toISOString();
  for (const author of world.authors.slice(0, released)) await author.cutRelease({ version: "1.1.0", published });
}, 120_000);
afterAll(() => world.stop());

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

describe(`a service that is killed at ${kills} random moments of a sweep`, () => {
  it("ends where one ends that was left alone, and has done nothing twice", async () => {
    const moments: number[] = [];
    for (let times = 0; times < kills; times += 1) {
      const running = await startProcess();
      const moment = Math.round(Math.random() * 4_000);
      moments.push(moment);
      await sleep(moment);
      await kill(running);
    }
    const last = await startProcess();
    try {
      await pollUntil("all versions are published", async () => (await published()) === released, {
        timeoutMs: 90_000,
        everyMs: 200,
      });
      await pollUntil("only the default branch is left", async () => (await branches()).length === 1, { everyMs: 200 });
      await pollUntil("every merge has its last word", async () => (await unannounced()).length === 0, {
        everyMs: 200,
      });
    } finally {
      await kill(last);
    }
    await expectSound(`killed after ${moments.join(", ")} ms`);
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

async function expectSound(hint: string): Promise<void> {
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
