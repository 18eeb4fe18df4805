import { describe, expect, it } from "vitest";
import { type Evidence, noEvidence, type ProviderEvidence } from "../../src/upstream/evidence.ts";
import { handover } from "../../src/upstream/handover.ts";
import type { ParsedKeyFile } from "../../src/upstream/parsed-key.ts";
import type { Upstream } from "../../src/upstream/port.ts";

const start = Date.parse("2026-03-01T12:00:00Z");
const at = (seconds: number): Date => new Date(start + seconds * 1000);

const key = (armor: string): ParsedKeyFile => ({
  kind: "key",
  path: "keys/acme/a.asc",
  fingerprint: "A".repeat(40),
  keyIds: ["A".repeat(16)],
  userIds: ["acme"],
  algorithm: "Ed25519",
  createdAt: "2024-01-01T00:00:00Z",
  expiresAt: null,
  revoked: false,
  signingKeys: [],
  armor,
});

type ProviderQuestion = Parameters<Upstream["readProviderEvidence"]>[0];
type ModuleQuestion = Parameters<Upstream["readModuleEvidence"]>[0];

const dns: ProviderQuestion = {
  address: { kind: "provider", namespace: "acme", type: "dns" },
  repository: "acme/terraform-provider-dns",
  version: "1.2.0",
  keys: [key("one")],
  now: at(0),
};
const network: ModuleQuestion = {
  address: { kind: "module", namespace: "acme", name: "network", system: "aws" },
  repository: "acme/terraform-aws-network",
  version: "v1.2.0",
  now: at(0),
};

/** An upstream that numbers its answers, so that one can tell a new one from one that was kept. */
function counting() {
  let count = 0;
  const answer = <Kind extends Evidence["kind"]>(kind: Kind, question: { repository: string; version: string }) => {
    count += 1;
    const { repository: asked, version } = question;
    return noEvidence({ kind, asked, version, readAt: `answer ${count}`, reason: "" }) as Evidence & { kind: Kind };
  };
  const upstream: Upstream = {
    readRepository: async () => ({ kind: "missing", reason: "asked" }),
    listReleases: async () => ({ kind: "missing", reason: "asked" }),
    listTags: async () => ({ kind: "missing", reason: "asked" }),
    readProviderEvidence: async (question) => answer("provider", question),
    readModuleEvidence: async (question) => answer("module", question),
  };
  return { ...handover(upstream), asked: () => count };
}

describe("handover", () => {
  it("gives once what was read a moment ago; whoever asks again reads afresh", async () => {
    const { giving, taking, asked } = counting();
    const given = await giving.readProviderEvidence(dns);
    expect(await taking.readProviderEvidence({ ...dns, now: at(5) })).toBe(given);
    expect(asked()).toBe(1);
    expect(await taking.readProviderEvidence({ ...dns, now: at(5) })).toMatchObject({ readAt: "answer 2" });
  });

  it("does the same for modules", async () => {
    const { giving, taking, asked } = counting();
    const given = await giving.readModuleEvidence(network);
    expect(await taking.readModuleEvidence({ ...network, now: at(59) })).toBe(given);
    expect(asked()).toBe(1);
  });

  it.each([
    [60, "answer 1"],
    [61, "answer 2"],
  ])("after %i seconds gives %s", async (seconds, readAt) => {
    const { giving, taking } = counting();
    await giving.readProviderEvidence(dns);
    expect(await taking.readProviderEvidence({ ...dns, now: at(seconds) })).toMatchObject({ readAt });
  });

  it.each<[string, Partial<ProviderQuestion>]>([
    ["another version", { version: "1.2.1" }],
    ["another repository", { repository: "acme/renamed" }],
    ["another address", { address: { kind: "provider", namespace: "acme", type: "other" } }],
    ["another tag", { tag: "1.2.0" }],
    ["another key, under which the signature may say something else", { keys: [key("two")] }],
    ["one key more", { keys: [key("one"), key("two")] }],
    ["no key any more", { keys: [] }],
    [
      "a key that has become unusable",
      { keys: [{ kind: "unusable", path: "keys/acme/a.asc", problem: "Two blocks." }] },
    ],
  ])("does not answer a question about %s with it", async (_what, other) => {
    const { giving, taking } = counting();
    await giving.readProviderEvidence(dns);
    expect(await taking.readProviderEvidence({ ...dns, ...other })).toMatchObject({ readAt: "answer 2" });
    // It is still there for the question that it does answer.
    expect(await taking.readProviderEvidence(dns)).toMatchObject({ readAt: "answer 1" });
  });

  it("gives the newest of two readings", async () => {
    const { giving, taking } = counting();
    await giving.readProviderEvidence(dns);
    await giving.readProviderEvidence({ ...dns, now: at(30) });
    expect(await taking.readProviderEvidence({ ...dns, now: at(70) })).toMatchObject({ readAt: "answer 2" });
  });

  it("never gives to those who give: a bump reads afresh each time", async () => {
    const { giving, asked } = counting();
    await giving.readProviderEvidence(dns);
    await giving.readProviderEvidence(dns);
    expect(asked()).toBe(2);
  });

  it("keeps nothing of what was only taken", async () => {
    const { taking, asked } = counting();
    await taking.readProviderEvidence(dns);
    await taking.readProviderEvidence(dns);
    expect(asked()).toBe(2);
  });

  it("keeps a thousand answers at most, the newest", async () => {
    const { giving, taking } = counting();
    for (let number = 0; number <= 1000; number += 1) {
      await giving.readProviderEvidence({ ...dns, version: `1.${number}.0` });
    }
    expect(await taking.readProviderEvidence({ ...dns, version: "1.0.0" })).toMatchObject({ readAt: "answer 1002" });
    expect(await taking.readProviderEvidence({ ...dns, version: "1.1.0" })).toMatchObject({ readAt: "answer 2" });
  });

  it("keeps no more of what releases chose to be large than fits, and nothing that is too old to be given", async () => {
    const size = 20 * 1024 * 1024;
    const sums = { kind: "found", name: "sums", url: "", sha256: "", base64: "", size } as const;
    const readAgain: string[] = [];
    const { giving, taking } = handover({
      ...counting().giving,
      readProviderEvidence: async ({ repository: asked, version }) => {
        readAgain.push(version);
        return {
          ...(noEvidence({ kind: "provider", asked, version, readAt: "", reason: "" }) as ProviderEvidence),
          sums,
        };
      },
    });
    const of = (minor: number, seconds: number) => ({ ...dns, version: `1.${minor}.0`, now: at(seconds) });
    for (const minor of [0, 1, 2, 3]) await giving.readProviderEvidence(of(minor, 0));
    readAgain.length = 0;
    for (const minor of [3, 2, 1, 0]) await taking.readProviderEvidence(of(minor, 1));
    expect(readAgain).toEqual(["1.0.0"]);
    // What is taken takes no room any more; what nobody took goes as soon as it is too old.
    for (const minor of [0, 1, 2]) await giving.readProviderEvidence(of(minor, 10));
    await giving.readProviderEvidence(of(4, 100));
    readAgain.length = 0;
    // By a clock that went back it would be young enough.
    for (const minor of [4, 2, 1, 0]) await taking.readProviderEvidence(of(minor, 20));
    expect(readAgain).toEqual(["1.2.0", "1.1.0", "1.0.0"]);
  });

  it("a reading that fails is kept for nobody", async () => {
    const { giving, taking } = handover({
      ...counting().giving,
      readProviderEvidence: () => Promise.reject(new Error("a fault")),
    });
    await expect(giving.readProviderEvidence(dns)).rejects.toThrow("a fault");
    await expect(taking.readProviderEvidence(dns)).rejects.toThrow("a fault");
  });

  it("passes on everything that is no evidence", async () => {
    const { giving, taking } = counting();
    for (const view of [giving, taking]) {
      for (const ask of [view.readRepository, view.listReleases, view.listTags]) {
        expect(await ask("acme/x")).toEqual({ kind: "missing", reason: "asked" });
      }
    }
  });
});
