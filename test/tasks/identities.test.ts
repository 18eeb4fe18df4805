import { describe, expect, it } from "vitest";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

type Entry = Record<string, unknown>;

const path = "providers/acme/dns.json";
const upstream = "acme/terraform-provider-dns";
const published = "2026-01-01T00:00:00Z";

const dnsOf = ({ authors }: TaskStage) =>
  authors.find(({ provider }) => provider.path === path) ?? expect.unreachable("no acme/dns");

/** Carl adds entries to the record by hand, and Registrar reviews that. */
async function reviewAdding(stage: TaskStage, entries: readonly Entry[], branch = "by-hand") {
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: Entry[] };
  record.versions.unshift(...entries);
  const files = { [path]: `${JSON.stringify(record, null, 2)}\n` };
  const { number } = await propose(stage, { branch, files });
  const from = stage.sandbox.requests.length;
  const outcome = (await reviewPullRequest(stage.context, number)) ?? expect.unreachable();
  const reads = stage.sandbox.requests
    .slice(from)
    .filter(({ method, path: asked }) => method === "GET" && asked.includes(upstream))
    .map(({ path: asked }) => asked);
  const said = outcome.verdict.findings.filter(({ outcome: of, notice }) => of !== "pass" || notice === true);
  return { ...outcome, reads, said: said.map(({ code, outcome: of, message }) => ({ code, outcome: of, message })) };
}

const under = (name: string, entry: Entry): Entry =>
  JSON.parse(JSON.stringify(entry).replaceAll(`${upstream}/releases`, `${name}/releases`)) as Entry;

describe("a repository that has another name", () => {
  it("is the one that it has always been: old URLs pass with notices, and so do new ones", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    stage.sandbox.renameRepository(upstream, "dns-provider");
    const { merged, said } = await reviewAdding(stage, [entry]);
    expect(said).toEqual([
      { code: "repository-identity", outcome: "pass", message: expect.stringContaining('"acme/dns-provider" now') },
      { code: "record-matches-release", outcome: "pass", message: expect.stringContaining(`"${upstream}"`) },
    ]);
    expect(merged).toBe(true);
  });

  it("is asked about where the entry alone uses the older name, and another repository is not taken for it", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    // It was called otherwise once, and is called again as the record knows it.
    stage.sandbox.renameRepository(upstream, "dns-provider");
    stage.sandbox.renameRepository("acme/dns-provider", "terraform-provider-dns");
    const other = await reviewAdding(stage, [under("globex/terraform-provider-queue", entry)]);
    expect(other.said.map(({ outcome }) => outcome)).toEqual(["fail", "fail", "fail", "fail", "fail", "fail"]);
    const old = await reviewAdding(stage, [under("acme/dns-provider", entry)], "corrected");
    expect(old.said).toEqual([
      { code: "record-matches-release", outcome: "pass", message: expect.stringContaining('"acme/dns-provider"') },
    ]);
    expect(old.merged).toBe(true);
  });
});

describe("a version that is released under both of its tags", () => {
  it("is the one that is recorded, and waits for a maintainer where the other has other files", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    const actor = stage.sandbox.as("acme");
    const release = await actor.release({
      repository: upstream,
      tag: "1.2.0",
      publishedAt: published,
      silent: true,
      assets: [],
    });
    expect(release.assets).toEqual([]);
    const { said, merged } = await reviewAdding(stage, [entry]);
    expect(said).toEqual([
      { code: "release-published", outcome: "hold", message: expect.stringContaining('Both "v1.2.0" and "1.2.0"') },
    ]);
    expect(merged).toBe(false);
  });
});

describe("an organisation that lets in its own addresses alone", () => {
  it("is read without a token, for bumps too", async () => {
    const stage = await aTaskStage();
    await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    stage.sandbox.setIpAllowList({ organization: "acme", enabled: true });
    const { pullRequests } = await bumpRecord(stage.context, { path, tag: "v1.2.0" });
    const [number] = pullRequests;
    if (number === undefined) return expect.unreachable("no bump");
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ merged: true });
  });
});

describe("what judging costs", () => {
  it("is seven requests to upstream for one version and six for each further one, whatever its archives", async () => {
    const stage = await aTaskStage();
    const dns = dnsOf(stage);
    const entries: Entry[] = [];
    for (const version of ["1.2.0", "1.3.0", "1.4.0"])
      entries.unshift((await dns.cutRelease({ version, published })).entry);
    const { reads, merged } = await reviewAdding(stage, entries);
    expect(merged).toBe(true);
    expect(reads.filter((asked) => asked.endsWith(upstream))).toHaveLength(1);
    expect(reads).toHaveLength(1 + 3 * 6);
    expect(reads.filter((asked) => asked.endsWith(".zip"))).toEqual([]);
  });
});

describe("a repository that is private now", () => {
  it("fails, and nothing is told of what a token may see of it", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0", published });
    stage.sandbox.setSettings(upstream, { private: true });
    const { said, merged } = await reviewAdding(stage, [entry]);
    expect(merged).toBe(false);
    const message = `The repository "${upstream}" does not exist or is not public.`;
    expect(said).toContainEqual({ code: "release-published", outcome: "fail", message });
    expect(said.filter((finding) => finding.message !== message && !finding.message.endsWith(message))).toEqual([]);
  });
});
