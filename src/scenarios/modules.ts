import { awaitPullRequest, moduleAuthorOf, network } from "./casting.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which the author of a module, which is nothing but tags, does something. */

export const module: Scenario = {
  name: "module",
  title: "a tag becomes an installed module",
  about: network,
  expected: { verdict: "pass", merged: true, findings: [] },
  offered: ["1.2.0", "1.1.0", "1.0.0"],
  client: { asks: "1.2.0", installs: true },
  play: async (show) => {
    const { stage, act } = show;
    const startedAt = Date.now();
    await act(
      "acme tags v1.2.0 of its module network",
      () => moduleAuthorOf(stage, network).tag({ tag: "v1.2.0" }),
      ({ url }) => url,
    );
    return { startedAt, pullRequest: (await awaitPullRequest(show)).number };
  },
};
