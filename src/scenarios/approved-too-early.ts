import { approve, readHold, rerunCheck } from "./approving.ts";
import { people, registryRepository } from "./demo.ts";
import { mail, newProvider } from "./newcomers.ts";
import { type Proposal, propose } from "./proposal.ts";
import type { Scenario, Show } from "./scenario.ts";

/** Scenarios in which a maintainer approves something else than what would be merged. */

const expected = {
  verdict: "hold",
  merged: false,
  findings: [{ code: "new-record", outcome: "hold" }],
} as const;
const unmerged = { about: mail, expected, offered: [], client: { asks: "0.1.0", installs: false } } as const;

export const approvedThenChangedEvidence: Scenario = {
  ...unmerged,
  name: "approved-then-changed-evidence",
  title: "what a maintainer approves is no longer what the author has released",
  play: async (show) => {
    const { stage, act } = show;
    const startedAt = Date.now();
    const { path, text, author } = await newProvider(stage);
    const { number } = await act("carl submits a record for the new provider acme/mail", () =>
      propose(stage, { branch: "acme-mail", title: "Add acme/mail", files: { [path]: text } }),
    );
    await act("it is held, and then acme uploads the files of v0.1.0 once more, of which no event tells", async () => {
      await readHold(show, number);
      await author.uploadSameAgain("0.1.0");
    });
    await act("mia approves what she has read", () => approve(show, { number, by: people.maintainer }));
    await lookAgain(show, number);
    return { startedAt, pullRequest: number };
  },
};

export const sameHeadTwoPulls: Scenario = {
  ...unmerged,
  name: "same-head-two-pulls",
  title: "two pull requests have the same head, and the wrong one is approved",
  play: async (show) => {
    const { stage, act } = show;
    const startedAt = Date.now();
    const { path, text } = await newProvider(stage);
    const first = await act("carl submits a record for the new provider acme/mail", () =>
      propose(stage, { branch: "acme-mail", title: "Add acme/mail", files: { [path]: text } }),
    );
    await act("it is held", () => readHold(show, first.number));
    const second = await act("carl opens another pull request with the very same commit", () => openTwin(show, first));
    await act("mia approves that one", () => approve(show, { number: second, by: people.maintainer }));
    await lookAgain(show, second);
    return { startedAt, pullRequest: second };
  },
};

async function openTwin({ stage: { sandbox } }: Show, { fork, headSha }: Proposal): Promise<number> {
  const carl = sandbox.as(people.contributor);
  const answer = await fetch(`${sandbox.apiUrl}/repos/${fork}/git/refs`, {
    method: "POST",
    headers: { authorization: `token ${carl.token}`, "content-type": "application/json" },
    body: JSON.stringify({ ref: "refs/heads/twin", sha: headSha }),
  });
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  const head = `${people.contributor}:twin`;
  return carl.openPullRequest({ repository: registryRepository, head, title: "Add acme/mail, please" });
}

const lookAgain = (show: Show, number: number): Promise<void> =>
  show.act("the check is run again, so that the approval is certainly looked at", () => rerunCheck(show, number));
