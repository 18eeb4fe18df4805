import { recordPath } from "../registry/address.ts";
import { approve } from "./approving.ts";
import { authorOf, dns } from "./casting.ts";
import { people } from "./demo.ts";
import { pollUntil } from "./poll.ts";
import { editRecord, propose } from "./proposal.ts";
import { rest } from "./rest.ts";
import type { Scenario, Show } from "./scenario.ts";
import { seePullRequest, seePullRequests, seeVersions } from "./view.ts";

const version = "1.1.0";
const path = recordPath(dns, "plain");

export const withdrawnStaysAway: Scenario = {
  name: "withdrawn-stays-away",
  title: "a withdrawn version does not come back, neither by its release nor by hand",
  about: dns,
  expected: { verdict: "fail", merged: false, findings: [{ code: "not-withdrawn", outcome: "fail", version }] },
  offered: ["1.0.0"],
  client: { asks: version, installs: false },
  play: async (show) => {
    const { stage, view, act } = show;
    await withdraw(show);
    const startedAt = Date.now();
    const before = await seePullRequests(view);
    const { entry } = await act(
      "acme publishes the release v1.1.0 once more",
      () => authorOf(stage, dns).publishAgain(version),
      ({ url }) => url,
    );
    await act("nobody opens a pull request for it when everything has come to rest", async () => {
      await rest(stage);
      const { length } = await seePullRequests(view);
      if (length !== before.length) throw new Error(`There are ${length} pull requests; expected ${before.length}.`);
    });
    const { number } = await act("carl asks by hand to have it back", async () => {
      const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      return propose(stage, { branch: "back-again", title: "Add acme/dns 1.1.0", files: { [path]: text } });
    });
    return { startedAt, pullRequest: number };
  },
};

async function withdraw(show: Show): Promise<void> {
  const { stage, view, act } = show;
  const { number } = await act("carl asks to withdraw acme/dns 1.1.0", async () => {
    const text = await editRecord(stage, path, (record) => {
      record.versions = record.versions.filter((one) => one.version !== version);
      record.withdrawn = [{ version, reason: "It deletes zones.", since: `${new Date().toISOString().slice(0, 19)}Z` }];
    });
    return propose(stage, { branch: "withdraw", title: "Withdraw acme/dns 1.1.0", files: { [path]: text } });
  });
  await act("mia, who maintains the registry, approves", () => approve(show, { number, by: people.maintainer }));
  await act("it is merged, and clients are offered 1.0.0 alone", async () => {
    await pollUntil("the merge", async () => (await seePullRequest(view, number)).merged);
    await pollUntil("the publication", async () => (await seeVersions(view, dns)).join() === "1.0.0");
  });
}
