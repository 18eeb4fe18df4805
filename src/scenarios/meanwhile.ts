import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { people, registryRepository } from "./demo.ts";
import { justBefore } from "./just-before.ts";
import { editRecord, propose } from "./proposal.ts";
import { pushToMain } from "./push-to-main.ts";
import type { Played, Scenario, Show } from "./scenario.ts";

/** Scenarios in which something changes after a right pull request was judged and before it is merged. */

const version = "1.2.0";
const path = recordPath(dns, "plain");

/** Carl adds a right version; once the verdict is there and before the merge, somebody does something. */
async function playMeanwhile(
  { stage, act }: Show,
  { what, work }: { readonly what: string; readonly work: (number: number) => Promise<unknown> },
): Promise<Played> {
  const { entry } = await releaseQuietly(authorOf(stage, dns), version);
  // Who signed it is Registrar's to find out, and what nobody claims cannot be wrong.
  const { signed_by: _unsaid, ...said } = entry;
  const text = await editRecord(stage, path, ({ versions }) => versions.unshift(said));
  const startedAt = Date.now();
  const opened = Promise.withResolvers<number>();
  // Registrar approves what it has judged, and then looks once more before it merges.
  const done = justBefore(stage, { method: "POST", path: /\/pulls\/\d+\/reviews$/ }, () => opened.promise.then(work));
  const { number } = await act("carl adds acme's new v1.2.0 by hand, correctly", () =>
    propose(stage, { branch: "dns-1.2.0", title: "Add acme/dns 1.2.0", files: { [path]: text } }),
  );
  opened.resolve(number);
  await act(`when it is judged and not yet merged, ${what}`, () => done);
  return { startedAt, pullRequest: number };
}

const unmerged = {
  about: dns,
  offered: ["1.1.0", "1.0.0"],
  client: { asks: version, installs: false },
} as const;

export const configMoved: Scenario = {
  ...unmerged,
  name: "config-moved",
  title: "between verdict and merge the registry's configuration blocks the address",
  expected: { verdict: "fail", merged: false, findings: [{ code: "not-blocked", outcome: "fail", version }] },
  ownerBypasses: true,
  pushes: 1,
  play: (show) =>
    playMeanwhile(show, {
      what: "the registry's owner blocks acme/dns",
      work: () => {
        const configuration = `policy:\n  settle: 1s\nblocked:\n  addresses: [acme/dns]\n`;
        return pushToMain(show.stage, { ".github/registrar.yml": configuration }, "Block acme/dns");
      },
    }),
};

export const keyRemovedMeanwhile: Scenario = {
  ...unmerged,
  name: "key-removed-meanwhile",
  title: "between verdict and merge the key that signed the version is removed",
  expected: {
    verdict: "hold",
    merged: false,
    findings: [{ code: "signature", outcome: "hold", version }],
  },
  // What a removed key has signed is no longer offered either.
  offered: [],
  ownerBypasses: true,
  pushes: 1,
  play: (show) =>
    playMeanwhile(show, {
      what: "the registry's owner removes acme's key, which was stolen",
      work: () => pushToMain(show.stage, { "keys/acme/releases.asc": null }, "Remove a stolen key"),
    }),
};

export const evidenceMoved: Scenario = {
  ...unmerged,
  name: "evidence-moved",
  title: "between verdict and merge the author puts other files in place of the released ones",
  expected: {
    verdict: "fail",
    merged: false,
    findings: [
      { code: "record-matches-release", outcome: "fail", version },
      { code: "sums-cover-archives", outcome: "fail", version },
    ],
  },
  evidenceLastsSeconds: 0,
  play: (show) =>
    playMeanwhile(show, {
      what: "acme uploads other files under the same names",
      work: () => authorOf(show.stage, dns).uploadAgain(version),
    }),
};

export const retargeted: Scenario = {
  ...unmerged,
  name: "retargeted",
  title: "between verdict and merge the pull request is pointed to another branch",
  expected: { verdict: "hold", merged: false, findings: [] },
  play: async (show) => {
    const { sandbox } = show.stage;
    const branch = "staging";
    await sandbox.as(people.maintainer).commit({
      repository: registryRepository,
      branch,
      from: "main",
      files: { "staging.txt": "For what is not ready yet.\n" },
      message: "Staging",
    });
    return playMeanwhile(show, {
      what: `carl points it to the branch ${branch}`,
      work: (number) =>
        sandbox.as(people.contributor).editPullRequest({ repository: registryRepository, number, base: branch }),
    });
  },
};
