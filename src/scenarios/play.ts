import { isDeepStrictEqual } from "node:util";
import { addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { people, registryRepository } from "./demo.ts";
import { runClient } from "./play-client.ts";
import { pollUntil } from "./poll.ts";
import type { ScenarioReport } from "./report.ts";
import { rest } from "./rest.ts";
import type { Scenario, Show } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import {
  type SeenFinding,
  type SeenPullRequest,
  type SeenVerdict,
  seeCheck,
  seeComment,
  seePullRequest,
  seePullRequests,
  seeVerdict,
  seeVersions,
  type View,
} from "./view.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

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
  readonly step: Show["act"];
  readonly report: Mutable<ScenarioReport>;
}

/** Everything after the stage is up; fills in the report as it goes. Throws at the first step that does not end as it should. */
export async function playScenario({ scenario, stage, step, report }: Playing): Promise<void> {
  const view = viewOf(stage);
  const { expected, about } = scenario;
  const { startedAt, pullRequest: number } = await scenario.play({ stage, view, act: step });
  await step(
    `Registrar's verdict is "${expected.verdict}"`,
    () => expectVerdict(view, number, expected.verdict),
    ({ headSha }) => `at ${headSha.slice(0, 12)}`,
  );
  const ending = { scenario, stage, step, report, view, startedAt, number };
  await (expected.merged ? mergedEnding(ending) : unmergedEnding(ending));
  const comment = await step("its comment says how things stand", async () => {
    await rest(stage);
    return pollUntil("the comment", () => seeComment(view, number));
  });
  const { url, headSha, merged } = await seePullRequest(view, number);
  const check = await seeCheck(view, headSha);
  const { verdict = null, findings = [] } = check ?? {};
  report.pullRequest = { number, url, verdict, findings, merged, headSha, comment };
  await step(
    expected.findings.length === 0 ? "no rule objects" : "the right rules object, and no others",
    async () => assertFindings(findings, expected.findings),
    () => findings.map(findingText).join(", "),
  );
  const publication = stage.publications.at(-1);
  if (publication !== undefined) {
    const { to, commit, documents } = publication;
    report.published = { to, commit, documents };
  }
  const { asks, installs } = scenario.client;
  const what = `${addressText(about)} ${asks}`;
  await step(
    installs ? `the real client installs ${what}` : `the real client does not get ${what}`,
    () => runClient({ stage, report, scenario }),
    (detail) => detail,
  );
}

async function expectVerdict(view: View, number: number, verdict: SeenVerdict): Promise<SeenPullRequest> {
  return pollUntil(`the verdict ${verdict} on pull request ${number}`, async () => {
    const pullRequest = await seePullRequest(view, number);
    return (await seeVerdict(view, pullRequest.headSha)) === verdict ? pullRequest : null;
  });
}

interface Ending extends Playing {
  readonly view: View;
  readonly startedAt: number;
  readonly number: number;
}

async function mergedEnding({ scenario, step, report, view, startedAt, number }: Ending): Promise<void> {
  await step("Registrar merges it", () =>
    pollUntil("the merge", async () => (await seePullRequest(view, number)).merged),
  );
  await step("what it adds is published", () =>
    pollUntil("the published version", async () =>
      isDeepStrictEqual(await seeVersions(view, scenario.about), scenario.offered),
    ),
  );
  report.releaseToInstallableMs = Date.now() - startedAt;
}

async function unmergedEnding({ scenario, stage, step, view, number }: Ending): Promise<void> {
  const { about, offered, expected } = scenario;
  await step("it stays unmerged when everything has come to rest", async () => {
    await rest(stage);
    const { merged, headSha } = await seePullRequest(view, number);
    if (merged) throw new RegistrarError("head-moved", "It was merged, which must never happen.");
    const verdict = await seeVerdict(view, headSha);
    if (verdict !== expected.verdict) throw wrong(`In the end its verdict is ${verdict}.`);
  });
  await step(`clients are offered ${offered.join(" and ") || "nothing"}, as they should be`, async () => {
    const versions = await seeVersions(view, about);
    if (!isDeepStrictEqual(versions, offered)) {
      throw wrong(`Clients are offered ${versions.join(", ") || "nothing"}; expected ${offered.join(", ")}.`);
    }
    const merges = (await seePullRequests(view)).filter(({ merged }) => merged).length;
    const commits = new Set(stage.publications.map(({ commit }) => commit));
    if (commits.size > 1 + merges + (scenario.pushes ?? 0))
      throw wrong(`It was published at ${[...commits].join(", ")}.`);
  });
}

function assertFindings(findings: readonly SeenFinding[], expected: readonly SeenFinding[]): void {
  const sorted = (list: readonly SeenFinding[]) => list.map(findingText).sort();
  if (isDeepStrictEqual(sorted(findings), sorted(expected))) return;
  const list = (of: readonly SeenFinding[]) => sorted(of).join(", ") || "nothing";
  throw wrong(`The rules say ${list(findings)}; expected ${list(expected)}.`);
}

const findingText = ({ code, outcome, version }: SeenFinding): string =>
  `${outcome}: ${code}${version === undefined ? "" : ` (${version})`}`;

const wrong = (message: string): RegistrarError => new RegistrarError("publish-failed", message);
