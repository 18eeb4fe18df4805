import { describe, expect, it } from "vitest";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { letter } from "../support/stage/lettered.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const lettered = "layout: lettered\npolicy: {settle: 0s}\n";
const path = "providers/a/acme/dns.json";

const dnsOf = ({ authors }: TaskStage) =>
  authors.find(({ provider }) => provider.type === "dns") ?? expect.unreachable("no acme/dns");

const textAt = async (stage: TaskStage, of: string): Promise<string> =>
  Buffer.from((await stage.get<{ content: string }>(`contents/${of}`)).content, "base64").toString();

describe("in a registry with first-letter folders", () => {
  it("a version that is added by hand is judged with the keys of its namespace, and merged", async () => {
    const stage = await aTaskStage();
    await letter(stage, lettered);
    const published = new Date(Date.now() - 60_000).toISOString();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    const record = JSON.parse(await textAt(stage, path)) as { versions: object[] };
    const text = `${JSON.stringify({ ...record, versions: [entry, ...record.versions] }, null, 2)}\n`;
    const { number } = await propose(stage, { branch: "add", files: { [path]: text } });
    const outcome = await reviewPullRequest(stage.context, number);
    expect(outcome?.merged).toBe(true);
    expect(Object.keys(outcome?.facts.pinned ?? {})).toContain("keys/a/acme/releases.asc");
  });

  it.each([
    ["a record", "providers/acme/new.json", "{}"],
    ["a record below another letter", "providers/b/acme/new.json", "{}"],
    ["a module", "modules/acme/network/gcp.json", "{}"],
    ["a key", "keys/acme/new.asc", "x"],
  ])("%s in a place of the other layout fails, and the right places are named", async (_, file, text) => {
    const stage = await aTaskStage();
    await letter(stage, lettered);
    const { number } = await propose(stage, { branch: "other", files: { [file]: text } });
    const outcome = await reviewPullRequest(stage.context, number);
    expect(outcome).toMatchObject({ merged: false, decision: { kind: "blocked" } });
    expect((await stage.comments(number))[0]).toContain("Use providers/C/NAMESPACE/TYPE.json");
  });

  it("an unknown key is asked for where keys lie there", async () => {
    const stage = await aTaskStage();
    await letter(stage, lettered);
    await dnsOf(stage).cutRelease({ version: "1.2.0", key: "unknown" });
    await bumpRecord(stage.context, { path, tag: "v1.2.0" });
    expect((await reviewPullRequest(stage.context, 1))?.decision.kind).toBe("ask-maintainers");
    expect((await stage.comments(1))[0]).toContain("keys/a/acme/NAME.asc");
  });

  it("a configuration that says the other layout makes no record of any file", async () => {
    const stage = await aTaskStage();
    await letter(stage, lettered);
    await pushToMain(stage, { ".github/registrar.yml": "layout: plain\n" });
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    expect(await bumpRecord(stage.context, { path, tag: null })).toMatchObject({ plan: null, pullRequests: [] });
    expect(stage.writes()).toEqual([]);
  });
});

describe("in a registry without first-letter folders", () => {
  it("a record in one fails, and the right places are named", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "other", files: { [path]: "{}" } });
    expect((await reviewPullRequest(stage.context, number))?.decision.kind).toBe("blocked");
    expect((await stage.comments(number))[0]).toContain("Use providers/NAMESPACE/TYPE.json");
  });
});
