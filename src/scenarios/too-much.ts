import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { editRecord, propose } from "./proposal.ts";
import { recordText } from "./record-text.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which a pull request does more than one may. */

const version = "1.2.0";
const path = recordPath(dns, "plain");

export const outsideFiles: Scenario = {
  name: "outside-files",
  title: "a correct bump also edits a file that is no registry data",
  about: dns,
  expected: { verdict: "fail", merged: false, findings: [{ code: "scope", outcome: "fail" }] },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: version, installs: false },
  play: async ({ stage, act }) => {
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const startedAt = Date.now();
    const { number } = await act("carl adds v1.2.0 by hand, correctly, and edits README.md as well", async () => {
      const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      const files = { [path]: text, "README.md": "# Demonstration registry, by carl\n" };
      return propose(stage, { branch: "dns-1.2.0", title: "Add acme/dns 1.2.0", files });
    });
    return { startedAt, pullRequest: number };
  },
};

/** One more than a pull request of an outsider may touch. */
const records = 11;

export const tooManyFiles: Scenario = {
  name: "too-many-files",
  title: "more records at once than anybody can look at",
  about: dns,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [
      { code: "scope", outcome: "fail" },
      { code: "new-record", outcome: "hold" },
    ],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.1.0", installs: true },
  play: async ({ stage, act }) => {
    const startedAt = Date.now();
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const { number } = await act(`carl submits ${records} new providers of acme in one pull request`, () => {
      const text = recordText({ versions: [entry] });
      const paths = Array.from({ length: records }, (_, index) => `providers/acme/copy${index + 1}.json`);
      return propose(stage, {
        branch: "many",
        title: `Add ${records} providers`,
        files: Object.fromEntries(paths.map((one) => [one, text])),
      });
    });
    return { startedAt, pullRequest: number };
  },
};
