import { authorOf, dns } from "./casting.ts";
import { pollUntil } from "./poll.ts";
import type { Scenario, Show } from "./scenario.ts";
import { type SeenPullRequest, seePullRequests, seeVersions } from "./view.ts";

/** Scenarios in which no event tells Registrar of a release. */

export const noEvent: Scenario = {
  name: "no-event",
  title: "a release of which nobody tells is found by looking",
  about: dns,
  expected: { verdict: "pass", merged: true, findings: [] },
  offered: ["1.3.0", "1.2.0", "1.1.0", "1.0.0"],
  client: { asks: "1.3.0", installs: true },
  sweepEverySeconds: 3,
  play: async (show) => {
    const { stage, view, act } = show;
    const acme = authorOf(stage, dns);
    // Who has released lately is looked at often; a record that has been quiet for years, once a day.
    await act("acme cuts v1.2.0, which is merged and published", async () => {
      await acme.cutRelease({ version: "1.2.0" });
      await pollUntil("its publication", async () => (await seeVersions(view, dns)).includes("1.2.0"));
    });
    const startedAt = Date.now();
    await act(
      "acme cuts v1.3.0, and no event tells of it",
      () => acme.cutRelease({ version: "1.3.0", silent: true }),
      ({ url }) => url,
    );
    const { number } = await act("Registrar looks, and opens a pull request", () => bumpOf(show, "1.3.0"));
    return { startedAt, pullRequest: number };
  },
};

const bumpOf = ({ view }: Show, version: string): Promise<SeenPullRequest> =>
  pollUntil(`a pull request for ${version}`, async () =>
    (await seePullRequests(view)).find(({ title }) => title.endsWith(version)),
  );
