import { approve, rerunCheck } from "./approving.ts";
import { people, registryRepository } from "./demo.ts";
import { submitMail } from "./new-records.ts";
import { mail, newProvider } from "./newcomers.ts";
import type { Scenario, Show } from "./scenario.ts";

/** Scenarios in which somebody approves a held pull request who has no say in it. */
function approved(
  scenario: Pick<Scenario, "name" | "title"> & { readonly approvals: (show: Show) => Promise<number> },
): Scenario {
  const { name, title, approvals } = scenario;
  return {
    name,
    title,
    about: mail,
    expected: { verdict: "hold", merged: false, findings: [{ code: "new-record", outcome: "hold" }] },
    offered: [],
    client: { asks: "0.1.0", installs: false },
    play: async (show) => {
      const startedAt = Date.now();
      const number = await approvals(show);
      await show.act("its check is run again, so that the approval is certainly looked at", () =>
        rerunCheck(show, number),
      );
      return { startedAt, pullRequest: number };
    },
  };
}

export const approvalByReader = approved({
  name: "approval-by-reader",
  title: "approvals by people who do not maintain the registry lift nothing",
  approvals: async (show) => {
    const { sandbox } = show.stage;
    const { number } = await submitMail(show);
    for (const { login, permission } of [people.reader, people.writer]) {
      sandbox.createAccount({ login });
      sandbox.setPermission({ repository: registryRepository, login, permission });
      await show.act(`${login}, who may ${permission}, approves`, () => approve(show, { number, by: login }));
    }
    return number;
  },
});

export const approvalByBot = approved({
  name: "approval-by-bot",
  title: "an approval by another app lifts nothing, whatever it may write",
  approvals: async (show) => {
    const { sandbox } = show.stage;
    const helper = await sandbox.createApp({
      name: "Helper",
      slug: "helper",
      permissions: { metadata: "read", contents: "write", pull_requests: "write" },
      events: [],
    });
    sandbox.installApp(helper, { account: people.owner, repositories: [registryRepository] });
    const { number } = await submitMail(show);
    await show.act("helper[bot], which may write here, approves", () =>
      approve(show, { number, by: helper.bot.login }),
    );
    return number;
  },
});

export const approvalByAuthor = approved({
  name: "approval-by-author",
  title: "nobody approves what is his own, maintainer or not",
  approvals: async (show) => {
    const { stage, act } = show;
    const { sandbox } = stage;
    const branch = "acme-mail";
    const title = "Add acme/mail";
    const number = await act(
      "mia, a maintainer, writes the record of acme/mail, and carl opens the pull request",
      async () => {
        const { path, text } = await newProvider(stage);
        await sandbox.as(people.maintainer).commit({
          repository: registryRepository,
          branch,
          from: "main",
          files: { [path]: text },
          message: title,
        });
        return sandbox.as(people.contributor).openPullRequest({ repository: registryRepository, head: branch, title });
      },
    );
    await act(
      "carl approves his pull request, which GitHub itself refuses",
      () => expectRefusal(show, number),
      (said) => `GitHub: ${said}`,
    );
    await act("mia approves the commit that she has made", () => approve(show, { number, by: people.maintainer }));
    return number;
  },
});

/** GitHub's words for it, in the list that comes with its 422. */
async function expectRefusal(show: Show, number: number): Promise<string> {
  const answer = await approve(show, { number, by: people.contributor }).then(
    () => "nothing",
    (error: Error & { readonly errors?: unknown }) => String(error.errors ?? error.message),
  );
  if (answer === "Can not approve your own pull request") return answer;
  throw new Error(`GitHub refuses an approval of one's own pull request; here it answered: ${answer}.`);
}
