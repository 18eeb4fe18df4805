import { describe, expect, it } from "vitest";
import type { TouchedFile } from "../../src/registry/change.ts";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { readBase } from "../../src/tasks/base.ts";
import { checkKey } from "../../src/tasks/check-key.ts";
import { openHost } from "../../src/tasks/open-registry.ts";
import { readKeyFacts } from "../../src/tasks/read-key-facts.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "keys/acme/releases.asc";
const aSigner = (name: string) => createSigner({ name, email: `${name.toLowerCase()}@acme.example` });

async function aStage(configuration = "") {
  const stage = await aTaskStage();
  const { sandbox } = stage;
  if (configuration !== "") {
    const files = { ".github/registrar.yml": configuration };
    const push = { repository: registryRepository, branch: "main", files, message: "Configuration" };
    await sandbox.as(people.owner).commit(push);
  }
  const [author] = stage.authors;
  if (author === undefined) throw new Error("no author");
  const old = author.signer.publicKey;
  /** What a pull request by `login` that does this to key files would be told. */
  const factsOf = async (files: Readonly<Record<string, string | null>>, login: string = people.contributor) => {
    const base = await readBase(stage.context.host, "main");
    const keys = Object.entries(files).map(
      ([one, after]): TouchedFile => ({ path: one, before: one === path ? old : null, after, mode: "100644" }),
    );
    const { account } = sandbox.as(login);
    return readKeyFacts(stage.context, { base, change: { keys }, author: account, byRegistrar: false });
  };
  return { ...stage, author, old, factsOf };
}

const versionsOf = ({ authors }: TaskStage) =>
  authors
    .filter(({ provider }) => provider.namespace === "acme")
    .flatMap(({ provider: { namespace, type, versions } }) =>
      versions.map(({ version }) => `${namespace}/${type} ${version}`),
    )
    .sort();

describe("readKeyFacts", () => {
  it("says what an added key signs for and verifies, where the registry has it, and who proposes it", async () => {
    const stage = await aStage("policy: {settle: 0s}\naliases: {corp/dns: acme/dns}\n");
    const { sandbox, factsOf, author, old } = stage;
    for (const login of ["olga", "mona"]) sandbox.createAccount({ login });
    sandbox.addPublicMember({ organization: "acme", login: "olga" });
    const all = versionsOf(stage);

    const copy = (await factsOf({ "keys/acme/copy.asc": old }, "olga"))["keys/acme/copy.asc"];
    expect(copy).toMatchObject({
      before: [],
      after: [{ kind: "key", fingerprint: author.signer.fingerprint }],
      covers: expect.arrayContaining(["acme/dns", "corp/dns (alias of acme/dns)"]),
      sameElsewhere: [path],
      look: { versions: all.length, looked: all.length, lost: [], gone: [] },
      standing: { kind: "member", login: "olga", organization: "acme" },
      otherOwners: [],
      unavailable: null,
    });
    expect(copy?.look.verified.toSorted()).toEqual(all);

    const own = (await factsOf({ "keys/acme/dns/new.asc": (await aSigner("New")).publicKey }, "mona"))[
      "keys/acme/dns/new.asc"
    ];
    expect(own).toMatchObject({
      covers: ["acme/dns", "corp/dns (alias of acme/dns)"],
      look: { verified: [], lost: [] },
      sameElsewhere: [],
      standing: { kind: "stranger", login: "mona", account: "acme" },
    });
    const nowhere = (await factsOf({ "keys/nobody/new.asc": old }))["keys/nobody/new.asc"];
    expect(nowhere).toMatchObject({ covers: [], look: { versions: 0 }, standing: { kind: "no-account" } });
  });

  it("names the published versions that a removed, replaced or revoked key takes with it", async () => {
    const stage = await aStage();
    const { factsOf, old } = stage;
    const all = versionsOf(stage);
    const lost = async (files: Readonly<Record<string, string | null>>) =>
      (await factsOf(files))[path]?.look.lost.toSorted();
    expect(await lost({ [path]: null })).toEqual(all);
    expect(await lost({ [path]: (await aSigner("New")).publicKey })).toEqual(all);
    expect(await lost({ [path]: "nonsense" })).toEqual(all);
    // Moved, nothing is lost.
    expect(await lost({ [path]: null, "keys/acme/moved.asc": old })).toEqual([]);
    expect(await lost({ [path]: null, "keys/acme/dns/moved.asc": old })).toEqual([]);
    expect(await lost({ [path]: null, "keys/acme/mail/moved.asc": old })).toEqual(all);
  });

  it("finds out by the signatures where records do not say who signed, and whether a name has changed hands", async () => {
    const stage = await aStage();
    const { sandbox, factsOf, get } = stage;
    const record = await get<{ content: string }>("contents/providers/acme/dns.json");
    const text = Buffer.from(record.content, "base64").toString("utf8");
    const files = {
      "providers/acme/dns.json": text
        .replace(/,\s*"signed_by": "[^"]*"/g, "")
        .replace(/"owner_id": \d+/, '"owner_id": 77'),
    };
    await sandbox
      .as(people.owner)
      .commit({ repository: registryRepository, branch: "main", files, message: "Old data" });
    const facts = (await factsOf({ [path]: null }))[path];
    expect(facts?.look.lost.toSorted()).toEqual(versionsOf(stage));
    const only = (await factsOf({ "keys/acme/dns/new.asc": stage.old }))["keys/acme/dns/new.asc"];
    expect(only).toMatchObject({ otherOwners: [77], look: { versions: 2, looked: 2 } });
    expect(only?.look.verified).toHaveLength(2);
  });
});

describe("checkKey", () => {
  it("says what a pull request would be told, and where the key would lie", async () => {
    const stage = await aStage("namespaces: {globex: {owner: acme}}\n");
    const registry = await openHost(stage.context.host);
    const check = (name: string, text: string, type: string | null = null) =>
      checkKey({ ...stage.context, registry }, { name, text, namespace: "globex", type });
    const good = await check("acme.gpg", stage.old);
    expect(good).toMatchObject({ acceptable: true, path: "keys/acme/acme.asc", unknown: null });
    expect(good.facts.look.verified.length).toBeGreaterThan(1);
    expect(good.findings.map(({ outcome }) => outcome)).toEqual(["hold", "pass"]);
    expect(await check("two.asc", stage.old + stage.old, "dns")).toMatchObject({
      acceptable: false,
      path: "keys/acme/dns/two.asc",
    });
    await expect(check("x.asc", stage.old, "a_b")).rejects.toThrow(/--for must be NAMESPACE or NAMESPACE\/TYPE/);

    const reason = "Nobody answers.";
    const silent = async () => ({ kind: "unavailable", reason, retryAt: null }) as const;
    const keySources = { ...stage.context.keySources, readSignedSums: silent };
    const wish = { name: "acme.asc", text: stage.old, namespace: "acme", type: null };
    const offline = await checkKey({ ...stage.context, keySources, registry }, wish);
    expect(offline).toMatchObject({ acceptable: true, unknown: reason, facts: { look: { looked: 0 } } });
    const alone = await checkKey({ ...stage.context, registry: null }, wish);
    expect(alone).toMatchObject({ acceptable: true, path: "keys/acme/acme.asc", facts: { covers: [] } });
  });
});
