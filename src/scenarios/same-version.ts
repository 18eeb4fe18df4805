import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { people } from "./demo.ts";
import { pollUntil } from "./poll.ts";
import { editRecord, propose } from "./proposal.ts";
import type { Scenario } from "./scenario.ts";
import { seePullRequests } from "./view.ts";

const version = "1.2.0";
const path = recordPath(dns, "plain");

export const baseMovedSameVersion: Scenario = {
  name: "base-moved-same-version",
  title: "two pull requests add the same version at different places, so that git would merge both",
  about: dns,
  expected: { verdict: "fail", merged: false, findings: [{ code: "version-unique", outcome: "fail", version }] },
  offered: ["1.2.0", "1.1.0", "1.0.0"],
  // One of them is merged, and what it adds is fine.
  client: { asks: version, installs: true },
  play: async ({ stage, view, act }) => {
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const title = "Add acme/dns 1.2.0";
    stage.sandbox.createAccount({ login: people.secondContributor });
    const first = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
    const last = await editRecord(stage, path, ({ versions }) => versions.push(entry));
    const startedAt = Date.now();
    const numbers = await act("carl and dora both add v1.2.0, he at the beginning of the list, she at its end", () =>
      Promise.all([
        propose(stage, { branch: "dns", title, files: { [path]: first } }),
        propose(stage, { by: people.secondContributor, branch: "dns", title, files: { [path]: last } }),
      ]),
    );
    const pulls = await act(
      "one of the two is merged",
      () =>
        pollUntil("a merge", async () => {
          const list = await seePullRequests(view);
          return list.some(({ merged }) => merged) ? list : null;
        }),
      (list) => `#${list.find(({ merged }) => merged)?.number}`,
    );
    const other = numbers.find(({ number }) => pulls.some((one) => one.number === number && !one.merged));
    if (other === undefined) throw new Error("Both pull requests are merged, which must never happen.");
    return { startedAt, pullRequest: other.number };
  },
};
