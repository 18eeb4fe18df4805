import { describe, expect, it } from "vitest";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { openHost } from "../../src/tasks/open-registry.ts";
import { type ProposeContext, type ProposeWish, proposeKeysOf } from "../../src/tasks/propose-keys.ts";
import { readAndDecide, reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

/** A registry whose keys have never been registered. */
async function aKeylessRegistry() {
  const stage = await aTaskStage({ withoutKeys: true });
  const [acme, globex] = stage.authors;
  if (acme === undefined || globex === undefined) throw new Error("no authors");
  const propose = async (wish: Partial<ProposeWish>, context: Partial<ProposeContext> = {}) =>
    proposeKeysOf(
      {
        ...stage.context,
        registry: await openHost(stage.context.host),
        destination: { kind: "pull-requests", host: stage.context.host },
        pause: async () => undefined,
        ...context,
      },
      { namespaces: [], given: [], github: true, limit: 100, ...wish },
    );
  return { ...stage, acme, globex, propose };
}

const given = ({ signer }: TaskStage["authors"][number], path: string) => ({ path, text: signer.publicKey });

describe("proposeKeysOf", () => {
  it("proposes what it finds on profiles and among given files, in one pull request that one approval merges", async () => {
    const { sandbox, acme, globex, propose, context, get, writes } = await aKeylessRegistry();
    sandbox.createAccount({ login: "olga" });
    sandbox.addPublicMember({ organization: "acme", login: "olga" });
    sandbox.addGpgKey({ login: "olga", ...globex.signer });
    sandbox.addGpgKey({ login: "olga", ...acme.signer });
    // A newer release that is not recorded; who signed it is looked at first.
    await acme.cutRelease({ version: "9.0.0", silent: true });
    writes();
    const wish = { given: [given(globex, "mine/globex.asc"), { path: "mine/junk.asc", text: "junk" }] };

    const dry = await propose(wish, { dryRun: true });
    expect(dry).toMatchObject({ missing: [], unknown: [], silent: [], waiting: [], remaining: 0, pullRequests: [0] });
    expect(writes()).toEqual([]);

    const outcome = await propose(wish);
    expect(outcome.proposals).toMatchObject([
      {
        owner: "acme",
        path: `keys/acme/${acme.signer.fingerprint.slice(-16).toLowerCase()}.asc`,
        key: { fingerprint: acme.signer.fingerprint },
        from: "the profile of olga, a public member of acme",
        verifies: ["acme/dns 9.0.0", "acme/dns 1.1.0", "acme/dns 1.0.0"],
        looked: 3,
      },
      { owner: "globex", key: { fingerprint: globex.signer.fingerprint }, from: "mine/globex.asc" },
    ]);
    const [number = 0] = outcome.pullRequests;
    const { title, body, head } = await get<{ title: string; body: string; head: { ref: string } }>(`pulls/${number}`);
    expect(title).toBe("2 signing keys of 2 namespaces");
    expect(body.replace(/\\([\p{P}\p{S}])/gu, "$1")).toContain(acme.signer.fingerprint);
    expect(head.ref).toMatch(/^registrar\/keys\/[0-9a-f]{16}$/);

    // Nobody is asked twice; a run that was cut off finds what it has made.
    writes();
    expect(await propose(wish)).toMatchObject({ proposals: [], waiting: ["acme", "globex"], pullRequests: [] });
    expect(writes()).toEqual([]);

    const held = await reviewPullRequest(context, number);
    expect(held).toMatchObject({ verdict: { outcome: "hold" }, decision: { kind: "ask-maintainers", liftable: true } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await sandbox.as(people.maintainer).review({ repository: registryRepository, number, event: "APPROVE" });
    expect(await reviewPullRequest(context, number)).toMatchObject({ merged: true });
    await expect(propose({ namespaces: ["acme"] })).rejects.toThrow(/All providers of "acme" have a key/);
    expect(await propose({})).toMatchObject({ proposals: [], missing: [], remaining: 0 });
  });

  it("says whose key is missing, never proposes one that verifies nothing or is blocked, and stops where nobody answers", async () => {
    const { sandbox, acme, globex, propose, context } = await aKeylessRegistry();
    expect(await propose({ namespaces: ["ACME"], given: [given(globex, "globex.asc")] })).toMatchObject({
      proposals: [],
      missing: [
        { owner: "acme", signer: acme.signer.fingerprint, why: "no key was found", versions: expect.any(Array) },
      ],
      pullRequests: [],
    });
    expect((await propose({ limit: 1, github: false })).remaining).toBe(1);

    const silent = async () => ({ kind: "unavailable", reason: "Nobody answers.", retryAt: null }) as const;
    const keySources = { ...context.keySources, readSignedSums: silent };
    expect(await propose({}, { keySources })).toMatchObject({
      proposals: [],
      unknown: [
        { owner: "acme", reason: "Nobody answers." },
        { owner: "globex", reason: "Nobody answers." },
      ],
    });

    const blocked = { blocked: { fingerprints: [acme.signer.fingerprint] } };
    const files = { ".github/registrar.yml": JSON.stringify(blocked) };
    await sandbox
      .as(people.owner)
      .commit({ repository: registryRepository, branch: "main", files, message: "Block a key" });
    const outcome = await propose({ namespaces: ["acme"], given: [given(acme, "acme.asc")] });
    expect(outcome).toMatchObject({
      proposals: [],
      missing: [{ why: expect.stringMatching(/is blocked in this registry/) }],
    });
  });

  it("writes into a folder what would be proposed", async () => {
    const { acme, globex, propose, context } = await aKeylessRegistry();
    const written = new Map<string, string>();
    const create = async (path: string, text: string) => {
      written.set(path, text);
    };
    const wish = { given: [given(acme, "a.asc"), given(globex, "g.asc")], github: false };
    const outcome = await propose(wish, { destination: { kind: "folder", create } });
    expect([...written.keys()]).toEqual(outcome.proposals.map(({ path }) => path));
    const keys = await context.readKeys([...written].map(([path, text]) => ({ path, text })));
    expect(keys.map((key) => key.kind === "key" && key.fingerprint)).toEqual([
      acme.signer.fingerprint,
      globex.signer.fingerprint,
    ]);
  });
});

describe("a key's pull request", () => {
  it("waits while what it verifies cannot be read, and is not merged meanwhile", async () => {
    const { acme, propose, context } = await aKeylessRegistry();
    const { pullRequests } = await propose({ namespaces: ["acme"], given: [given(acme, "acme.asc")] });
    const silent = async () => ({ kind: "unavailable", reason: "Nobody answers.", retryAt: null }) as const;
    const keySources = { ...context.keySources, readSignedSums: silent };
    expect(await readAndDecide({ ...context, keySources }, pullRequests[0] ?? 0)).toMatchObject({
      verdict: { outcome: "retry" },
      decision: { kind: "wait" },
    });
  });
});
