import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { proposeVersion } from "./proposal.ts";
import type { Scenario } from "./scenario.ts";

const version = "1.2.0";
const path = recordPath(dns, "plain");

export const ipAllowList: Scenario = {
  name: "ip-allow-list",
  title: "the author's organisation refuses every token, and everybody may read all the same",
  about: dns,
  expected: { verdict: "pass", merged: true, findings: [] },
  offered: ["1.2.0", "1.1.0", "1.0.0"],
  client: { asks: version, installs: true },
  play: async ({ stage, act }) => {
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    await act("acme lets in its own addresses alone: GitHub refuses Registrar's token whatever acme has", async () =>
      stage.sandbox.setIpAllowList({ organization: dns.namespace, enabled: true }),
    );
    const startedAt = Date.now();
    const { number } = await act("carl adds acme's new v1.2.0 by hand, correctly", () =>
      proposeVersion(stage, { path, entry }),
    );
    return { startedAt, pullRequest: number };
  },
};
