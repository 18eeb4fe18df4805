import { approve } from "./approving.ts";
import { people } from "./demo.ts";
import { mail, newModule, newProvider, subnets } from "./newcomers.ts";
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
    await approveAsMaintainer(show, number);
    return { startedAt, pullRequest: number };
  },
};

export const newModuleApproved: Scenario = {
  name: "new-module-approved",
  title: "a new module is merged once a maintainer approves it",
  about: subnets,
  expected: { verdict: "pass", merged: true, findings },
  offered: ["0.1.0"],
  client: { asks: "0.1.0", installs: true },
  play: async (show) => {
    const { stage, act } = show;
    const startedAt = Date.now();
    const { number } = await act("carl submits a record for the new module acme/subnets/aws", async () => {
      const { path, text } = await newModule(stage);
      return propose(stage, { branch: "acme-subnets", title: "Add acme/subnets/aws", files: { [path]: text } });
    });
    await approveAsMaintainer(show, number);
    return { startedAt, pullRequest: number };
  },
};

export function submitMail({ stage, act }: Show): Promise<Proposal> {
  return act("carl submits a record for the new provider acme/mail", async () => {
    const { path, text } = await newProvider(stage);
    return propose(stage, { branch: "acme-mail", title: "Add acme/mail", files: { [path]: text } });
  });
}

const approveAsMaintainer = (show: Show, number: number): Promise<void> =>
  show.act("mia, who maintains the registry, reads the verdict and approves", () =>
    approve(show, { number, by: people.maintainer }),
  );
