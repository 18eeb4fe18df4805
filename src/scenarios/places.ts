import { type ProviderAddress, recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { newProvider } from "./newcomers.ts";
import { pollUntil } from "./poll.ts";
import { propose } from "./proposal.ts";
import { pushToMain } from "./push-to-main.ts";
import type { Scenario } from "./scenario.ts";
import { seeVersions } from "./view.ts";

/** Scenarios in which a record stands where it cannot stand. */

export const symlink: Scenario = {
  name: "symlink",
  title: "a record is a symbolic link, which leads out of what was judged",
  about: dns,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [
      { code: "scope", outcome: "fail" },
      // A link is no record, so the one that was there is gone.
      { code: "append-only", outcome: "fail" },
    ],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.2.0", installs: false },
  play: async ({ stage, act }) => {
    await releaseQuietly(authorOf(stage, dns), "1.2.0");
    const startedAt = Date.now();
    const { number } = await act("carl replaces the record of acme/dns by a link to a file of another folder", () =>
      propose(stage, {
        branch: "link",
        title: "Add acme/dns 1.2.0",
        files: { [recordPath(dns, "plain")]: { link: "../../drafts/dns.json" } },
      }),
    );
    return { startedAt, pullRequest: number };
  },
};

/** Where the registry publishes globex/queue as well. */
const alias: ProviderAddress = { kind: "provider", namespace: "acme", type: "queue" };

export const aliasCollision: Scenario = {
  name: "alias-collision",
  title: "a new record has the address at which an alias publishes another one",
  about: alias,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [
      { code: "address-unique", outcome: "fail" },
      { code: "new-record", outcome: "hold" },
    ],
  },
  // Those of globex/queue, which users of the alias get as before.
  offered: ["1.0.0", "1.0.0-rc1", "0.9.0"],
  client: { asks: "0.9.0", installs: true },
  ownerBypasses: true,
  pushes: 1,
  play: async (show) => {
    const { stage, view, act } = show;
    await act("the registry's owner lets acme/queue stand for globex/queue", async () => {
      const configuration = "policy:\n  settle: 1s\naliases:\n  acme/queue: globex/queue\n";
      await pushToMain(show.stage, { ".github/registrar.yml": configuration }, "acme/queue is globex/queue");
      await pollUntil("its publication", async () => (await seeVersions(view, alias)).length > 0);
    });
    const startedAt = Date.now();
    const { number } = await act("carl submits a record for acme/queue", async () => {
      const { path, text } = await newProvider(stage, alias);
      return propose(stage, { branch: "acme-queue", title: "Add acme/queue", files: { [path]: text } });
    });
    return { startedAt, pullRequest: number };
  },
};
