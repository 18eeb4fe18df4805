import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { people } from "./demo.ts";
import { justBefore, mergeOf } from "./just-before.ts";
import { editRecord, propose, proposeVersion } from "./proposal.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which an outsider edits the record of acme/dns in a fork. */

const version = "1.2.0";
const path = recordPath(dns, "plain");

export const outsider: Scenario = {
  name: "outsider",
  title: "anybody may add a correct release by hand",
  about: dns,
  expected: { verdict: "pass", merged: true, findings: [] },
  offered: ["1.2.0", "1.1.0", "1.0.0"],
  client: { asks: version, installs: true },
  play: async ({ stage, act }) => {
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const startedAt = Date.now();
    const { number } = await act("carl, whom nobody knows here, adds acme's release v1.2.0 by hand", () =>
      proposeVersion(stage, { path, entry }),
    );
    return { startedAt, pullRequest: number };
  },
};

export const rewrittenVersion: Scenario = {
  name: "rewritten-version",
  title: "a published version gets other hashes",
  about: dns,
  expected: {
    verdict: "hold",
    merged: false,
    findings: [{ code: "append-only", outcome: "hold", version: "1.1.0" }],
  },
  offered: ["1.1.0", "1.0.0"],
  // What users have installed of the older version is not touched.
  client: { asks: "1.0.0", installs: true },
  play: async ({ stage, act }) => {
    const startedAt = Date.now();
    const { number } = await act(
      "acme uploads the files of v1.1.0 again, and carl asks to record their new hashes",
      async () => {
        const { entry } = await authorOf(stage, dns).uploadAgain("1.1.0");
        const text = await editRecord(stage, path, ({ versions }) => {
          versions[versions.findIndex((one) => one.version === "1.1.0")] = entry;
        });
        return propose(stage, { branch: "new-hashes", title: "New hashes of acme/dns 1.1.0", files: { [path]: text } });
      },
    );
    return { startedAt, pullRequest: number };
  },
};

export const removedVersion: Scenario = {
  name: "removed-version",
  title: "a published version is removed without a trace",
  about: dns,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "append-only", outcome: "fail", version: "1.0.0" }],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.0.0", installs: true },
  play: async ({ stage, act }) => {
    const startedAt = Date.now();
    const { number } = await act("carl asks to remove the old acme/dns 1.0.0", async () => {
      const text = await editRecord(stage, path, (record) => {
        record.versions = record.versions.filter((one) => one.version !== "1.0.0");
      });
      return propose(stage, { branch: "tidy-up", title: "Remove the old acme/dns 1.0.0", files: { [path]: text } });
    });
    return { startedAt, pullRequest: number };
  },
};

export const headMoved: Scenario = {
  name: "head-moved",
  title: "a tampering commit is pushed between the verdict and the merge",
  about: dns,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [
      { code: "record-matches-release", outcome: "fail", version },
      { code: "sums-cover-archives", outcome: "fail", version },
    ],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: version, installs: false },
  play: async ({ stage, act }) => {
    const { sandbox } = stage;
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
    const [first] = (entry.targets ?? []) as { shasum: string }[];
    const tampered = text.replaceAll(first?.shasum ?? "", "0123456789abcdef".repeat(4));
    const startedAt = Date.now();
    const { number, fork } = await act("carl adds the new v1.2.0 by hand, correctly", () =>
      propose(stage, { branch: "dns-1.2.0", title: "Add acme/dns 1.2.0", files: { [path]: text } }),
    );
    await act("just before the merge he pushes other hashes", () => {
      const push = () =>
        sandbox.as(people.contributor).commit({
          repository: fork,
          branch: "dns-1.2.0",
          files: { [path]: tampered },
          message: "Small correction",
        });
      return justBefore(stage, mergeOf(number), push);
    });
    return { startedAt, pullRequest: number };
  },
};
