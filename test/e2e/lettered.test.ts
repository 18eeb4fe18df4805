import { describe, expect, it } from "vitest";

import { acceptPush } from "../support/stage/by-hand.ts";
import { letter } from "../support/stage/lettered.ts";
import { aStage } from "../support/stage/stage.ts";

const path = "providers/a/acme/dns.json";

describe.each([
  ["says so", "layout: lettered\npolicy: {settle: 0s}\n"],
  ["says nothing, for most records lie so", "policy: {settle: 0s}\n"],
])("a registry with first-letter folders whose configuration %s", (_, configuration) => {
  it("is bumped, judged and published like any other", async () => {
    const stage = await aStage({ ownerBypasses: true });
    await acceptPush(stage, await letter(stage, configuration));
    for (const version of ["1.0.0", "1.1.0"]) expect(await stage.isPublished("acme/dns", version)).toBe(true);
    await stage.dns.cutRelease({ version: "1.2.0" });
    const { number } = await stage.pullRequestOf("1.2.0");
    await stage.merged(number);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    const files = await stage.get<readonly { filename: string }[]>(`pulls/${number}/files`);
    expect(files.map(({ filename }) => filename)).toEqual([path]);
    expect(stage.publications.at(-1)?.findings.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(stage.sandbox.violations).toEqual([]);
  });
});
