import { join } from "node:path";
import { writeRecording } from "../../../src/cli/write-recording.ts";
import { composeReader } from "../../../src/compose/reading.ts";
import { registryRepository } from "../../../src/scenarios/demo.ts";
import { viewOf } from "../../../src/scenarios/play.ts";
import { rest } from "../../../src/scenarios/rest.ts";
import { type Stage, startStage } from "../../../src/scenarios/stage.ts";
import { type Recording, recordReview } from "../../../src/tasks/recorded-review.ts";
import { readAndDecide } from "../../../src/tasks/review-pull-request.ts";
import { behaviours } from "./behaviours.ts";

// Records the behaviours that are named (all, where none is) in a sandbox each: needed again where a review reads more
// than before. What `registrar why NUMBER --record` writes for one pull request, for those that end merged as well.

type Behaviour = (typeof behaviours)[number];

async function record({ name, play, settle, merged = false }: Behaviour): Promise<void> {
  const quick = { writeSpacingMs: 0, pausesMs: [200, 500, 1_000], ownerBypasses: true };
  const stage = await startStage({ log: () => {}, ...quick, ...(settle === undefined ? {} : { settle }) });
  try {
    const merging = merged ? recordBeforeMerges(stage) : new Map<number, Recording>();
    const { pullRequest } = await play({ stage, view: viewOf(stage), act: (_what, work) => work() });
    // What has to settle is never at rest.
    if (settle === undefined) await rest(stage);
    const recording = (await recordingOf(stage, pullRequest)) ?? merging.get(pullRequest);
    if (recording === undefined) throw new Error(`Pull request ${pullRequest} was closed before it could be recorded.`);
    await writeRecording(join(import.meta.dirname, "../../scenarios", name), recording);
    say(`${name}: pull request ${pullRequest}`);
  } finally {
    await stage.stop();
  }
}

/** What is merged cannot be judged afterwards: each is recorded in the moment before. */
function recordBeforeMerges(stage: Stage): ReadonlyMap<number, Recording> {
  const recordings = new Map<number, Recording>();
  const next = () =>
    stage.sandbox.faults.before({ method: "PUT", path: /\/pulls\/\d+\/merge$/ }, async () => {
      next();
      for (const number of await openNumbers(stage)) {
        const recording = await recordingOf(stage, number);
        if (recording !== null) recordings.set(number, recording);
      }
    });
  next();
  return recordings;
}

async function recordingOf({ sandbox, app }: Stage, number: number): Promise<Recording | null> {
  const { apiUrl, serverUrl } = sandbox;
  const credentials = { appId: String(app.id), privateKey: app.privateKey };
  const reader = composeReader({ apiUrl, serverUrl, repository: registryRepository, app: credentials, token: null });
  const review = await readAndDecide(reader, number);
  return review === null ? null : recordReview(review, serverUrl);
}

async function openNumbers(stage: Stage): Promise<readonly number[]> {
  const { apiUrl, repository, token } = viewOf(stage);
  const answer = await fetch(`${apiUrl}/repos/${repository}/pulls`, { headers: { authorization: `token ${token}` } });
  return ((await answer.json()) as readonly { readonly number: number }[]).map(({ number }) => number);
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => behaviours.every((behaviour) => behaviour.name !== name));
if (unknown.length > 0) {
  say(`There is no ${unknown.join(", ")}; there are ${behaviours.map(({ name }) => name).join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const behaviour of behaviours)
    if (wanted.length === 0 || wanted.includes(behaviour.name)) await record(behaviour);
}
