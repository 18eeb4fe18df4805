import { recordPath } from "../registry/address.ts";
import { moduleAuthorOf, network } from "./casting.ts";
import { proposeVersion } from "./proposal.ts";
import { released } from "./released.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios with versions that clients confuse or cannot read. */

const path = recordPath(network, "plain");

export const tagTwin: Scenario = {
  name: "tag-twin",
  title: "a module gets a version that it has already, but for the v",
  about: network,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "version-unique", outcome: "fail", version: "1.1.0" }],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.1.0", installs: true },
  play: async ({ stage, act }) => {
    const startedAt = Date.now();
    const { number } = await act("acme tags 1.1.0 beside v1.1.0, on another commit, and carl adds it", async () => {
      const { entry } = await moduleAuthorOf(stage, network).tag({ tag: "1.1.0" });
      return proposeVersion(stage, { path, entry });
    });
    return { startedAt, pullRequest: number };
  },
};

/** The first that some programs take for another number: 2^53. */
const huge = "1.9007199254740992.0";

export const hugeNumber = released({
  name: "huge-number",
  title: "a version has a number so large that programs take it for another one",
  act: `acme cuts a release with the tag v${huge}`,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "version-syntax", outcome: "fail", version: huge }],
  },
  wish: { version: huge },
  client: { asks: "1.1.0", installs: true },
});
