import { setTimeout as sleep } from "node:timers/promises";
import { recordPath } from "../registry/address.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { people, registryRepository } from "./demo.ts";
import { justBefore, mergeOf } from "./just-before.ts";
import { pollUntil } from "./poll.ts";
import { editRecord, propose } from "./proposal.ts";
import type { Scenario, Show } from "./scenario.ts";
import { seeCheck, seePullRequest } from "./view.ts";

/** Scenarios in which somebody commands by a comment. */

const path = recordPath(dns, "plain");

export const waiveThenPush: Scenario = {
  name: "waive-then-push",
  title: "a maintainer waives a finding for one commit, and the contributor pushes another before the merge",
  about: dns,
  expected: {
    verdict: "fail",
    merged: false,
    findings: [{ code: "append-only", outcome: "fail", version: "1.0.0" }],
  },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.0.0", installs: true },
  play: async (show) => {
    const { stage, act } = show;
    const startedAt = Date.now();
    const text = await editRecord(stage, path, (record) => {
      record.versions = record.versions.filter(({ version }) => version !== "1.0.0");
    });
    const { number, fork } = await act("carl asks to remove acme/dns 1.0.0", () =>
      propose(stage, { branch: "tidy-up", title: "Remove acme/dns 1.0.0", files: { [path]: text } }),
    );
    const push = () =>
      stage.sandbox
        .as(people.contributor)
        .commit({ repository: fork, branch: "tidy-up", files: { [path]: `${text}\n` }, message: "An empty line" });
    const pushed = justBefore(stage, mergeOf(number), push);
    await act("mia, a maintainer, waives the finding for that commit", () => waive(show, number, "append-only"));
    await act("just before the merge carl pushes another commit", () => pushed);
    return { startedAt, pullRequest: number };
  },
};

export const stopped: Scenario = {
  name: "stopped",
  title: "a maintainer stops a correct pull request, which stays stopped whatever is pushed to it",
  about: dns,
  expected: { verdict: "hold", merged: false, findings: [] },
  offered: ["1.1.0", "1.0.0"],
  client: { asks: "1.2.0", installs: false },
  play: async ({ stage, act }) => {
    const { sandbox } = stage;
    const { entry } = await releaseQuietly(authorOf(stage, dns), "1.2.0");
    const startedAt = Date.now();
    const text = await editRecord(stage, path, ({ versions }) => versions.unshift(entry));
    const wish = { branch: "dns-1.2.0", title: "Add acme/dns 1.2.0", files: { [path]: text } };
    const { number, fork } = await act(
      "carl adds acme's release v1.2.0 by hand, and mia stops it before it is judged",
      async () => {
        const says = justBefore(stage, { method: "POST", path: /\/check-runs$/ }, () =>
          sandbox.as(people.maintainer).comment({ repository: registryRepository, number: 1, body: "/registrar stop" }),
        );
        const proposal = await propose(stage, wish);
        await says;
        return proposal;
      },
    );
    await act("carl pushes the same once more, over his first commit", () =>
      sandbox.as(people.contributor).commit({
        ...{ repository: fork, branch: wish.branch, from: "main", force: true },
        ...{ files: wish.files, message: "Add acme/dns 1.2.0, really" },
      }),
    );
    return { startedAt, pullRequest: number };
  },
};

/** By a person who has read the verdict first: GitHub's times are whole seconds, and none of its second answers it. */
async function waive({ stage, view }: Show, number: number, rule: string): Promise<void> {
  const { headSha, startedAt } = await pollUntil(`a verdict on pull request ${number}`, async () => {
    const { headSha } = await seePullRequest(view, number);
    const check = await seeCheck(view, headSha);
    return check?.verdict === "fail" && { headSha, startedAt: check.startedAt };
  });
  await sleep(Math.max(0, Date.parse(startedAt) + 1_000 - Date.now()));
  const body = `/registrar waive ${rule} @${headSha.slice(0, 12)} because nobody has installed it`;
  await stage.sandbox.as(people.maintainer).comment({ repository: registryRepository, number, body });
}
