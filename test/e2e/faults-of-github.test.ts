import { describe, expect, it, onTestFinished } from "vitest";
import type { Fault } from "../../src/sandbox/index.ts";
import { expectGoodEnding } from "../support/stage/good-ending.ts";
import { aStage, isOwnWrite, operation, pathOf, type TestStage } from "../support/stage/stage.ts";

const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/** What GitHub may answer to any write, beside doing it. */
const faults: readonly (Omit<Fault, "path" | "method"> & { readonly what: string })[] = [
  { what: "500, and again 500", status: 500, times: 2 },
  { what: "502", status: 502 },
  { what: "404", status: 404, message: "Not Found" },
  { what: "403", status: 403, message: "Resource not accessible by integration" },
  { what: "403 with retry-after", status: 403, message: secondary, headers: { "retry-after": "0.3" } },
  { what: "409", status: 409, message: "Head branch was modified. Review and try the merge again." },
  { what: "422", status: 422, message: "Validation Failed" },
  { what: "429", status: 429, message: secondary, headers: { "retry-after": "0.3" } },
  { what: "a dropped connection", dropConnection: true },
];

const expectedWrites = [
  "POST /repos/{owner}/{repo}/git/refs",
  "PUT /repos/{owner}/{repo}/contents/{path}",
  "POST /repos/{owner}/{repo}/pulls",
  "POST /repos/{owner}/{repo}/check-runs",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
];

/** Each test has a stage of its own: together they would meet GitHub's limit of 80 pieces of content a minute. */
async function startReleasing(): Promise<{ stage: TestStage; release: () => Promise<string> }> {
  const stage = await aStage({
    // One job may meet several faults one after the other.
    pausesMs: Array.from({ length: 20 }, () => 20),
    // So that deleting the branch is a write of ours as well.
    environment: async ({ sandbox }) => {
      sandbox.setSettings("example/registry", { deleteBranchOnMerge: false });
      return {};
    },
  });
  onTestFinished(() => expect(stage.sandbox.violations).toEqual([]));
  let minor = 2;
  const release = async () => {
    const version = `1.${minor}.0`;
    minor += 1;
    await stage.dns.cutRelease({ version });
    return version;
  };
  return { stage, release };
}

describe("when GitHub fails at a write of a good bump", () => {
  it("there are the writes that there should be", async () => {
    const { stage, release } = await startReleasing();
    const since = stage.sandbox.requests.length;
    await expectGoodEnding(stage, await release());
    const writes = stage.sandbox.requests.slice(since).filter(isOwnWrite).map(operation);
    expect([...new Set(writes)]).toEqual(expectedWrites);
  });

  type Met = Omit<Fault, "path" | "method">;
  async function releaseWith(
    { stage, release }: Awaited<ReturnType<typeof startReleasing>>,
    { fault, at }: { readonly fault: Met; readonly at: readonly string[] },
  ): Promise<void> {
    const since = stage.sandbox.requests.length;
    const places = at.map((write) => write.split(" ") as [string, string]);
    for (const [method, template] of places) stage.sandbox.faults.add({ ...fault, method, path: pathOf(template) });
    await expectGoodEnding(stage, await release());
    const requests = stage.sandbox.requests.slice(since);
    for (const [method, template] of places) {
      const tries = requests.filter((request) => request.method === method && pathOf(template).test(request.path));
      const met = tries.filter(({ status }) => status >= 400 || fault.dropConnection === true);
      expect(met.length, `${method} ${template} was to meet the fault`).toBeGreaterThan(0);
    }
  }

  // A 404 to the deletion of a branch means that it is gone already.
  const touchable = (fault: Pick<Fault, "status">) =>
    expectedWrites.filter((write) => fault.status !== 404 || !write.startsWith("DELETE"));

  it.each(faults)("with $what at every one of them, the end is the same", async ({ what: _what, ...fault }) => {
    await releaseWith(await startReleasing(), { fault, at: touchable(fault) });
  });

  it.each(faults.filter(({ status, times }) => times === 2 || status === 422 || status === undefined))(
    "with $what at one alone, each in turn, the end is the same",
    async ({ what: _what, ...fault }) => {
      const releasing = await startReleasing();
      for (const write of touchable(fault)) await releaseWith(releasing, { fault, at: [write] });
    },
  );
});
