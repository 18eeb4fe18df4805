import { join } from "node:path";
import { installProvider } from "../client/terraform.ts";
import { RegistrarError } from "../registry/errors.ts";
import { people, registryHost, registryRepository } from "./demo.ts";
import { pollUntil } from "./poll.ts";
import type { ScenarioReport } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import {
  type SeenPullRequest,
  type SeenVerdict,
  seeComment,
  seePullRequests,
  seesVersion,
  seeVerdict,
  type View,
} from "./view.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type StepRunner = <T>(name: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;

/** What a watcher on the stage sees with, as a maintainer would. */
export const viewOf = (stage: Stage): View => ({
  apiUrl: stage.sandbox.apiUrl,
  repository: registryRepository,
  token: stage.sandbox.as(people.maintainer).token,
  registryUrl: stage.registryUrl,
});

interface Playing {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly step: StepRunner;
  readonly report: Mutable<ScenarioReport>;
}

/** Everything after the stage is up; fills in the report as it goes. Throws at the first step that does not end as it should. */
export async function playScenario({ scenario, stage, step, report }: Playing): Promise<void> {
  const view = viewOf(stage);
  const author = stage.authors.find(({ provider }) => provider.type === "dns");
  if (author === undefined) throw new RegistrarError("sandbox-missing", "The demo registry has no provider acme/dns.");
  const { expected } = scenario;
  const { startedAt, later } = await step(
    scenario.act,
    () => scenario.play(stage, author),
    ({ release }) => release?.url ?? "",
  );
  const opened = await step(
    "a pull request is opened",
    () => pollUntil("a pull request", async () => (await seePullRequests(view))[0]),
    ({ number, url, title }) => `#${number} ${title}  ${url}`,
  );
  if (later !== undefined) await step("the tampering commit is pushed just before the merge", () => later);
  const seen = await step(
    `Registrar's verdict is "${expected.verdict}"`,
    () => expectVerdict(view, opened, expected.verdict),
    ({ headSha }) => `at ${headSha.slice(0, 12)}`,
  );
  const ending = expected.merged ? mergedEnding : unmergedEnding;
  await ending({ scenario, stage, step, report, view, startedAt, number: seen.number });
  const comment = await step("its comment says how things stand", () =>
    pollUntil("the comment", () => seeComment(view, seen.number)),
  );
  const last = await current(view, seen.number);
  report.pullRequest = {
    number: last.number,
    url: last.url,
    verdict: await seeVerdict(view, last.headSha),
    merged: last.merged,
    headSha: last.headSha,
    comment,
  };
  const publication = stage.publications.at(-1);
  if (publication !== undefined) {
    const { to, commit, documents } = publication;
    report.published = { to, commit, documents };
  }
  const { asks, installs } = scenario.client;
  await step(
    installs ? `the real client installs acme/dns ${asks}` : `the real client is not offered acme/dns ${asks}`,
    () => runClient({ stage, report, version: asks, installs }),
    (detail) => detail,
  );
}

async function current(view: View, number: number): Promise<SeenPullRequest> {
  const found = (await seePullRequests(view)).find((pullRequest) => pullRequest.number === number);
  if (found === undefined) throw new RegistrarError("sandbox-missing", `There is no pull request ${number}.`);
  return found;
}

async function expectVerdict(view: View, { number }: SeenPullRequest, verdict: SeenVerdict): Promise<SeenPullRequest> {
  return pollUntil(`the verdict ${verdict} on pull request ${number}`, async () => {
    const pullRequest = await current(view, number);
    return (await seeVerdict(view, pullRequest.headSha)) === verdict ? pullRequest : null;
  });
}

interface Ending extends Playing {
  readonly view: View;
  readonly startedAt: number;
  readonly number: number;
}

async function mergedEnding({ scenario, step, report, view, startedAt, number }: Ending): Promise<void> {
  await step("Registrar merges it", () => pollUntil("the merge", async () => (await current(view, number)).merged));
  await step("the new version is published", () =>
    pollUntil("the published version", () => seesVersion(view, "acme/dns", scenario.version ?? "")),
  );
  report.releaseToInstallableMs = Date.now() - startedAt;
}

async function unmergedEnding({ scenario, stage, step, view, number }: Ending): Promise<void> {
  await step("it stays unmerged when everything has come to rest", async () => {
    await pollUntil("the end of all work", () => stage.registrar.pending() === 0);
    await stage.sandbox.idle();
    await pollUntil("the end of all work", () => stage.registrar.pending() === 0);
    if ((await current(view, number)).merged)
      throw new RegistrarError("head-moved", "It was merged, which must never happen.");
  });
  await step("the published registry is as it was", async () => {
    const commits = new Set(stage.publications.map(({ commit }) => commit));
    const listed = scenario.version !== null && (await seesVersion(view, "acme/dns", scenario.version));
    if (commits.size === 1 && !listed) return;
    throw new RegistrarError("publish-failed", `The published registry has changed: ${[...commits].join(", ")}.`);
  });
}

async function runClient(run: {
  readonly stage: Stage;
  readonly report: Mutable<ScenarioReport>;
  readonly version: string;
  readonly installs: boolean;
}): Promise<string> {
  const { stage, report, version } = run;
  const result = await installProvider({
    registryHost,
    providersUrl: `${stage.registryUrl}/v1/providers/`,
    address: { kind: "provider", namespace: "acme", type: "dns" },
    version,
    folder: join(stage.folder, "client"),
  });
  if ("skipped" in result) {
    report.client = { skipped: result.skipped };
    return `skipped: ${result.skipped}`;
  }
  const { program, version: programVersion, installed, output } = result;
  report.client = { program, version: programVersion, asked: version, installed };
  if ((installed === version) !== run.installs) {
    throw new RegistrarError(
      "publish-failed",
      `${program} installed ${installed ?? "nothing"} when asked for ${version}:\n${output}`,
    );
  }
  return `${program} ${programVersion} ${installed === null ? "finds no such version" : `installed ${installed}`}`;
}
