import { approve } from "./approving.ts";
import { people } from "./demo.ts";
import { mail, mailPath, newProvider } from "./newcomers.ts";
import { type Proposal, propose } from "./proposal.ts";
import type { Scenario, Show } from "./scenario.ts";

/** Scenarios about an address that the registry does not have yet. */

const findings = [{ code: "new-record", outcome: "hold" }] as const;

export const newProviderHeld: Scenario = {
  name: "new-provider",
  title: "an outsider submits a new provider, which is never merged by itself",
  about: mail,
  expected: { verdict: "hold", merged: false, findings },
  offered: [],
  client: { asks: "0.1.0", installs: false },
  play: async (show) => {
    const startedAt = Date.now();
    const { number } = await submitMail(show);
    return { startedAt, pullRequest: number };
  },
};

export const newProviderApproved: Scenario = {
  name: "new-provider-approved",
  title: "a new provider is merged once a maintainer approves it",
  about: mail,
  expected: { verdict: "pass", merged: true, findings },
  offered: ["0.1.0"],
  client: { asks: "0.1.0", installs: true },
  play: async (show) => {
    const startedAt = Date.now();
    const { number } = await submitMail(show);
    await show.act("mia, who maintains the registry, reads the verdict and approves", () =>
      approve(show, { number, by: people.maintainer }),
    );
    return { startedAt, pullRequest: number };
  },
};

export function submitMail({ stage, act }: Show): Promise<Proposal> {
  return act("carl submits a record for the new provider acme/mail", async () => {
    const { record } = await newProvider(stage);
    return propose(stage, { branch: "acme-mail", title: "Add acme/mail", files: { [mailPath]: record } });
  });
}
