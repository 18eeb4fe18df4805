import { recordPath } from "../registry/address.ts";
import { createAuthor } from "./author.ts";
import { authorOf, awaitPullRequest, dns, releaseQuietly } from "./casting.ts";
import { people } from "./demo.ts";
import { editRecord, propose } from "./proposal.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios in which the repository behind an address gets another owner. */

const version = "1.2.0";
const path = recordPath(dns, "plain");
const identity = { code: "repository-identity", outcome: "hold", version } as const;

export const transferred: Scenario = {
  name: "transferred",
  title: "the author's repository belongs to somebody else now, who cuts a release",
  about: dns,
  expected: {
    verdict: "hold",
    merged: false,
    findings: [identity, { code: "repository-owner", outcome: "hold", version }],
  },
  offered: ["1.1.0", "1.0.0"],
  // GitHub leads the way from the old address, so what was published is installed as before.
  client: { asks: "1.1.0", installs: true },
  play: async ({ stage, act }) => {
    const { sandbox } = stage;
    const { provider, repository, signer } = authorOf(stage, dns);
    await act(`acme hands its repository over to ${people.stranger}`, async () => {
      sandbox.createAccount({ login: people.stranger, type: "Organization" });
      sandbox.transferRepository(repository, people.stranger);
    });
    const startedAt = Date.now();
    const { number } = await act(`${people.stranger} releases v1.2.0 with acme's key, and carl adds it`, async () => {
      const { entry } = await releaseQuietly(
        createAuthor(sandbox, { provider, signer, owner: people.stranger }),
        version,
      );
      const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
      return propose(stage, { branch: "dns-1.2.0", title: "Add acme/dns 1.2.0", files: { [path]: text } });
    });
    return { startedAt, pullRequest: number };
  },
};

export const recreated: Scenario = {
  name: "recreated",
  title: "the author's account is gone, and somebody else has taken its name",
  about: dns,
  expected: { verdict: "hold", merged: false, findings: [identity] },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: version, installs: false },
  play: async (show) => {
    const { stage, act } = show;
    const { sandbox, authorApp } = stage;
    const { provider, repository, signer } = authorOf(stage, dns);
    const [owner = "", name = ""] = repository.split("/");
    await act(
      "acme deletes its account, and somebody else registers the name and makes the repository again",
      async () => {
        sandbox.deleteAccount(owner);
        sandbox.createAccount({ login: owner, type: "Organization" });
        await sandbox.createRepository({ owner, name, description: "A demonstration provider", license: "MPL-2.0" });
        sandbox.installApp(authorApp, { account: owner, repositories: [repository] });
      },
    );
    const startedAt = Date.now();
    await act(
      "the new acme cuts v1.2.0, signed with the old acme's key, which it has got hold of",
      () => createAuthor(sandbox, { provider, signer }).cutRelease({ version }),
      ({ url }) => url,
    );
    return { startedAt, pullRequest: (await awaitPullRequest(show)).number };
  },
};
