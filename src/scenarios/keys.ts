import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { proposeKeysAsApp } from "../compose/service.ts";
import { recordPath } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { createSigner } from "../sandbox/author/index.ts";
import { approve } from "./approving.ts";
import { authorOf, awaitPullRequest, dns, releaseQuietly } from "./casting.ts";
import { people } from "./demo.ts";
import { environmentOf } from "./environment.ts";
import { pollUntil } from "./poll.ts";
import { editRecord, propose } from "./proposal.ts";
import { rest } from "./rest.ts";
import type { Scenario, Show } from "./scenario.ts";
import { seePullRequest, seeVerdict } from "./view.ts";

/** Scenarios about signing keys. */

const version = "1.2.0";

export const keyWithVersion: Scenario = {
  name: "key-with-version",
  title: "a new key and a version come in one pull request: the key would vouch for itself",
  about: dns,
  expected: { verdict: "fail", merged: false, findings: [{ code: "key-change", outcome: "fail" }] },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: version, installs: false },
  play: async ({ stage, act }) => {
    const { entry } = await releaseQuietly(authorOf(stage, dns), version);
    const startedAt = Date.now();
    const path = recordPath(dns, "plain");
    const { publicKey } = await createSigner({ name: "Acme", email: "releases@acme.example" });
    const { number } = await act("carl adds acme's new v1.2.0 by hand, and a key beside it", async () =>
      propose(stage, {
        branch: "dns-1.2.0",
        title: "Add acme/dns 1.2.0 and its key",
        files: {
          [path]: await editRecord(stage, path, ({ versions }) => versions.unshift(entry)),
          "keys/acme/new.asc": publicKey,
        },
      }),
    );
    return { startedAt, pullRequest: number };
  },
};

/** Shows her membership of acme, and has on her profile the key that acme signs with. */
const member = "olga";

export const keysPropose: Scenario = {
  name: "keys-propose",
  title: "a registry without keys gets them by one approval, and what waited is merged",
  about: dns,
  expected: { verdict: "pass", merged: true, findings: [{ code: "key-change", outcome: "hold" }] },
  offered: [version, "1.1.0", "1.0.0"],
  client: { asks: version, installs: true },
  withoutKeys: true,
  play: async (show) => {
    const { stage, act, view } = show;
    const { sandbox } = stage;
    const author = authorOf(stage, dns);
    const startedAt = Date.now();
    await act("acme, whose key nobody has registered, releases v1.2.0", () => author.cutRelease({ version }));
    const bump = await awaitPullRequest(show);
    await act("it waits: there is no key that could verify it", () =>
      pollUntil("the hold", async () => (await seeVerdict(view, bump.headSha)) === "hold"),
    );
    sandbox.createAccount({ login: member });
    sandbox.addPublicMember({ organization: dns.namespace, login: member });
    sandbox.addGpgKey({ login: member, ...author.signer });
    const number = await act(
      "`registrar keys propose` finds the key on a member's profile, and opens a pull request",
      () => proposeOne(show),
      (found) => `#${found}`,
    );
    await act("mia, who maintains the registry, compares the key and approves", () =>
      approve(show, { number, by: people.maintainer }),
    );
    await act("the version that waited is merged by itself", () =>
      pollUntil("its merge", async () => (await seePullRequest(view, bump.number)).merged),
    );
    return { startedAt, pullRequest: number };
  },
};

/** The number of its one pull request. */
async function proposeOne({ stage }: Show): Promise<number> {
  const environment = environmentOf(stage, {
    folder: join(stage.folder, "proposing"),
    webhookSecret: "",
    authorWebhookSecret: null,
  });
  // Two that write as one app at the same time would meet GitHub's limit of a write a second, and wait a minute.
  await rest(stage);
  await sleep(1_100);
  const wish = { namespaces: [dns.namespace], given: [], github: true, limit: 1 };
  const { pullRequests } = await proposeKeysAsApp(environment, wish);
  const [number] = pullRequests;
  if (number !== undefined) return number;
  throw new RegistrarError("sandbox-missing", "No key was found for acme.");
}
