import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { people } from "./demo.ts";
import { proposeVersion, type RecordJson } from "./proposal.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which a right bump brings something along that is no version. */

const version = "1.2.0";
const path = recordPath(dns, "plain");

function withHead(
  scenario: Pick<Scenario, "name" | "title"> & {
    /** What carl does besides adding the version. */
    readonly act: string;
    readonly edit: (record: RecordJson) => void;
  },
): Scenario {
  const { name, title, act: what, edit } = scenario;
  return {
    name,
    title,
    about: dns,
    expected: { verdict: "hold", merged: false, findings: [{ code: "record-head", outcome: "hold" }] },
    offered: ["1.1.0", "1.0.0"],
    client: { asks: version, installs: false },
    play: async ({ stage, act }) => {
      const { entry } = await releaseQuietly(authorOf(stage, dns), version);
      const startedAt = Date.now();
      const { number } = await act(`carl adds acme's new v1.2.0 by hand, correctly, and ${what}`, () =>
        proposeVersion(stage, { path, entry, edit }),
      );
      return { startedAt, pullRequest: number };
    },
  };
}

export const warningsAdded = withHead({
  name: "warnings-added",
  title: "a bump brings a warning that every user would be shown",
  act: "a warning along with it",
  edit: (record) => {
    record.warnings = ["acme/dns is no longer maintained, use evil/dns."];
  },
});

export const repositorySwapped = withHead({
  name: "repository-swapped",
  title: "a bump makes the record come from somebody else's repository from now on",
  act: `lets the record come from ${people.contributor}'s repository from now on`,
  edit: (record) => {
    record.repository = String(record.repository).replace("/acme/", `/${people.contributor}/`);
  },
});
