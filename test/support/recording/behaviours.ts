import { authorOf, awaitPullRequest, dns, releaseQuietly } from "../../../src/scenarios/casting.ts";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import { scenarios } from "../../../src/scenarios/index.ts";
import { submitMail } from "../../../src/scenarios/new-records.ts";
import { editRecord, propose } from "../../../src/scenarios/proposal.ts";
import type { Played, Scenario, Show } from "../../../src/scenarios/scenario.ts";
import { pushToMain } from "../stage/by-hand.ts";

/** Something that happens in the sandbox until there is a pull request to be recorded. */
interface Behaviour {
  /** The folder below test/scenarios. */
  readonly name: string;
  readonly play: (show: Show) => Promise<Pick<Played, "pullRequest">>;
  /** Default `1s`. */
  readonly settle?: string;
  /** What ends merged is recorded in the moment before. */
  readonly merged?: boolean;
}

const configuration = ".github/registrar.yml";
const path = "providers/acme/dns.json";
const title = "Add acme/dns 1.2.0";

/** A right bump by hand, of a release that nobody told of. */
async function bumpByHand({ stage }: Show, edit: "first" | "last" = "first"): Promise<Pick<Played, "pullRequest">> {
  const { entry } = await releaseQuietly(authorOf(stage, dns), "1.2.0");
  const text = await editRecord(stage, path, ({ versions }) =>
    edit === "first" ? versions.unshift(entry) : versions.push(entry),
  );
  const { number } = await propose(stage, { branch: "dns-1.2.0", title, files: { [path]: text } });
  return { pullRequest: number };
}

const configured = (text: string, settle?: string): Pick<Behaviour, "play" | "settle"> => ({
  play: async (show) => {
    await pushToMain(show.stage, { [configuration]: text });
    return bumpByHand(show);
  },
  ...(settle === undefined ? {} : { settle }),
});

/** What no scenario of the sandbox shows. */
const others: readonly Behaviour[] = [
  { name: "paused", ...configured("policy:\n  settle: 0s\npaused: true\n") },
  { name: "misconfigured", ...configured("polcy:\n  settle: 0s\n") },
  { name: "blocked-address", ...configured("policy:\n  settle: 0s\nblocked:\n  addresses: [acme/dns]\n") },
  {
    name: "draft",
    play: async ({ stage }) => {
      const { entry } = await releaseQuietly(authorOf(stage, dns), "1.2.0");
      const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      const carl = stage.sandbox.as(people.contributor);
      const fork = await carl.fork(registryRepository);
      const files = { [path]: text };
      await carl.commit({ repository: fork.fullName, branch: "dns", files, message: title });
      const head = `${people.contributor}:dns`;
      const pullRequest = await carl.openPullRequest({ repository: registryRepository, head, title, draft: true });
      return { pullRequest };
    },
  },
  {
    name: "settling",
    settle: "10m",
    play: async (show) => {
      const { stage } = show;
      const { entry } = await authorOf(stage, dns).cutRelease({ version: "1.2.0", silent: true });
      const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      const { number } = await propose(stage, { branch: "dns-1.2.0", title, files: { [path]: text } });
      return { pullRequest: number };
    },
  },
  {
    name: "base-moved",
    play: async (show) => {
      const { stage } = show;
      const { entry } = await releaseQuietly(authorOf(stage, dns), "1.3.0");
      const other = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, () =>
        pushToMain(stage, { [path]: other }),
      );
      return bumpByHand(show, "last");
    },
  },
  {
    name: "duplicate-head",
    play: async (show) => {
      const { sandbox } = show.stage;
      await submitMail(show);
      const files = { "staging.txt": "" };
      const mia = sandbox.as(people.maintainer);
      await mia.commit({ repository: registryRepository, branch: "staging", from: "main", files, message: "Staging" });
      await show.stage.sandbox.idle();
      const carl = sandbox.as(people.contributor);
      const head = `${people.contributor}:acme-mail`;
      const wish = { repository: registryRepository, head, base: "staging", title: "Add acme/mail" };
      return { pullRequest: await carl.openPullRequest(wish) };
    },
  },
  {
    name: "not-ours",
    play: async ({ stage }) => {
      const files = { "README.md": "# Demonstration registry, by carl\n" };
      const { number } = await propose(stage, { branch: "readme", title: "A better README", files });
      return { pullRequest: number };
    },
  },
  {
    name: "key-added",
    play: async ({ stage }) => {
      const key = authorOf(stage, dns).signer.publicKey;
      const files = { "keys/globex/acme.asc": key };
      const { number } = await propose(stage, { branch: "key", title: "One more key of globex", files });
      return { pullRequest: number };
    },
  },
  {
    name: "no-key-registered",
    play: async (show) => {
      await pushToMain(show.stage, { "keys/acme/releases.asc": null });
      await authorOf(show.stage, dns).cutRelease({ version: "1.2.0" });
      return { pullRequest: (await awaitPullRequest(show)).number };
    },
  },
];

/** Scenarios that are known under another name here. */
const renamed: Readonly<Record<string, string>> = { good: "good-bump" };

/** Eleven records that say the same make no small case. */
const leftOut = new Set(["too-many-files"]);

/** How a release is noticed, and how long evidence lasts, are no part of what a review reads. */
const isOrdinary = (scenario: Scenario): boolean =>
  scenario.sweepEverySeconds === undefined && scenario.evidenceLastsSeconds === undefined;

/** Everything that is recorded: the scenarios of the sandbox, and what they do not show. */
export const behaviours: readonly Behaviour[] = [
  ...scenarios
    .filter((scenario) => isOrdinary(scenario) && !leftOut.has(scenario.name))
    .map(({ name, play, expected: { merged } }) => ({ name: renamed[name] ?? name, play, merged })),
  ...others,
];
