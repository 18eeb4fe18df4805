import { describe, expect, it } from "vitest";
import { planBump } from "../../src/bump/plan.ts";
import type { ProviderRecord } from "../../src/registry/record.ts";
import { defaultSettings } from "../../src/registry/settings.ts";
import { insertVersions } from "../../src/registry/write-record.ts";
import { archive, moduleRecord, parsed, pretty, providerRecord, version } from "../support/builders/records.ts";
import { pathOf } from "../support/builders/registry.ts";
import {
  missing,
  type Release,
  registeredKey,
  release,
  releasedAt,
  reviewedAt,
  unavailable,
} from "../support/builders/release.ts";
import { type Tag, tag } from "../support/builders/tag.ts";

const path = pathOf("acme/dns");
const record = providerRecord(["1.0.0"]);
const forged = (version: string) =>
  release(version).withSignature({ accepted: false, problem: "bad-signature", verifiedBy: null });
const fresh = (version: string) => release(version).withRelease({ publishedAt: reviewedAt });

interface More {
  readonly of?: ProviderRecord;
  readonly expected?: boolean;
  readonly now?: string;
}

function plan(releases: readonly Release[], { of = record, expected = true, now = reviewedAt }: More = {}) {
  return planBump({
    record: of,
    candidates: releases.map(({ version, evidence }) => ({
      candidate: { version, tag: `v${version}`, expected },
      evidence,
    })),
    surroundings: {
      now,
      layout: "plain",
      settings: defaultSettings,
      keys: { [path]: { usable: [registeredKey], problems: [] } },
    },
  });
}

const branches = (...args: Parameters<typeof plan>) =>
  plan(...args).branches.map(({ branch, versions }) => [branch, versions.map((one) => one.version)]);
const own = "registrar/bump/provider/acme/dns";

describe("planBump", () => {
  it("puts all that passes on one branch, named after the record", () => {
    const releases = [release("1.2.0"), release("1.1.0")];
    expect(plan(releases)).toEqual({
      branches: [
        { branch: own, title: "acme/dns 1.2.0, 1.1.0", versions: releases.map((one) => one.entry), passes: true },
      ],
      lookAgain: null,
      left: [],
    });
  });

  it("has nothing to do without candidates", () => {
    expect(plan([])).toEqual({ branches: [], lookAgain: null, left: [] });
  });

  it.each([
    ["a forged signature", forged("1.2.0")],
    [
      "a key that nobody has registered",
      release("1.2.0").withSignature({ accepted: false, problem: "unknown-key", verifiedBy: null }),
    ],
    ["other bytes than its sums say", release("1.2.0").withAsset("linux", { sha256: "00".repeat(32) })],
    ["sums that crash clients", release("1.2.0").withSums((text) => `${text}\n`)],
    ["protocols that nobody speaks", release("1.2.0").withProtocols("4.0")],
    [
      "another owner",
      release("1.2.0").with({
        repository: { ...release("1.2.0").evidence.repository, ownerId: 1 } as Release["evidence"]["repository"],
      }),
    ],
    [
      "a private repository",
      release("1.2.0").with({
        repository: { ...release("1.2.0").evidence.repository, private: true } as Release["evidence"]["repository"],
      }),
    ],
  ])("gives a version with %s a branch of its own, so that it holds up nothing else", (_, wrong) => {
    const releases = [wrong, release("1.1.0")];
    expect(branches(releases)).toEqual([
      [own, ["1.1.0"]],
      [`${own}@1.2.0`, ["1.2.0"]],
    ]);
    expect(plan(releases).branches[1]?.title).toBe("acme/dns 1.2.0");
  });

  it("gives each of several failing versions its own", () => {
    expect(branches([forged("1.2.0"), forged("1.1.0")])).toEqual([
      [`${own}@1.2.0`, ["1.2.0"]],
      [`${own}@1.1.0`, ["1.1.0"]],
    ]);
  });

  it("leaves a failing version that nobody expects alone, and says why", () => {
    const { branches: made, left } = plan([forged("0.9.0")], { expected: false });
    expect(made).toEqual([]);
    expect(left).toEqual([{ version: "0.9.0", reason: expect.stringContaining("does not verify") }]);
  });

  it("bumps a passing version whether anybody expects it or not", () => {
    expect(branches([release("0.9.0")], { expected: false })).toEqual([[own, ["0.9.0"]]]);
  });

  describe("when a release may still settle", () => {
    const soon = new Date(Date.parse(reviewedAt) + 120_000).toISOString();

    it("waits until then, and bumps what is ready", () => {
      const { branches: made, lookAgain, left } = plan([fresh("1.2.0"), release("1.1.0")]);
      expect(made.map(({ versions }) => versions.map((one) => one.version))).toEqual([["1.1.0"]]);
      expect(lookAgain).toEqual({ at: soon });
      expect(left).toEqual([]);
    });

    it("waits for the last of several, and longest for what has no time", () => {
      const later = fresh("1.1.0").withAsset("linux", {
        updatedAt: new Date(Date.parse(reviewedAt) + 60_000).toISOString(),
      });
      expect(plan([fresh("1.2.0"), later]).lookAgain).toEqual({ at: "2026-03-01T12:03:00.000Z" });
      const unknown = release("1.0.1").withAsset("linux", { sha256: null });
      expect(plan([fresh("1.2.0"), unknown]).lookAgain).toEqual({ at: null });
    });

    it("does not wait for what fails anyway", () => {
      const wrong = forged("1.2.0").withRelease({ publishedAt: reviewedAt });
      expect(plan([wrong])).toMatchObject({ lookAgain: null, branches: [{ branch: `${own}@1.2.0` }] });
    });

    it("waits for a held version to settle before anybody is asked", () => {
      const held = fresh("1.2.0").withSignature({ weak: ["RSA 1024"] });
      expect(plan([held])).toMatchObject({ branches: [], lookAgain: { at: soon } });
    });
  });

  it.each([
    ["repository", {}],
    [
      "release",
      {
        sums: unavailable,
        signature: unavailable,
        manifest: unavailable,
        tagCommit: unavailable,
        signatureReport: null,
      },
    ],
    ["sums", { signatureReport: null }],
    ["signature", { signatureReport: null }],
    ["manifest", {}],
    ["tagCommit", {}],
  ] as const)("waits with growing pauses when GitHub does not give the %s: that is nobody's fault", (part, more) => {
    const now = plan([release("1.2.0").with({ [part]: unavailable, ...more })]);
    expect(now).toEqual({ branches: [], lookAgain: { at: null }, left: [] });
  });

  describe("when a version cannot be built", () => {
    const bare = release("1.2.0").with({ sums: missing("There is no SHA256SUMS."), signatureReport: null });

    it("waits as long as its files may still be uploaded", () => {
      const now = new Date(Date.parse(releasedAt) + 600_000).toISOString();
      expect(plan([bare], { now })).toEqual({
        branches: [],
        left: [],
        lookAgain: { at: new Date(Date.parse(now) + 30_000).toISOString() },
      });
    });

    it("leaves it alone after an hour, and says why", () => {
      expect(plan([bare])).toEqual({
        branches: [],
        lookAgain: null,
        left: [{ version: "1.2.0", reason: "There is no SHA256SUMS." }],
      });
    });

    it("leaves a release alone that is gone", () => {
      const gone = release("1.2.0").with({ release: missing("It is gone.") });
      expect(plan([gone]).left).toEqual([{ version: "1.2.0", reason: "It is gone." }]);
    });

    it("leaves one without archives alone", () => {
      const empty = release("1.2.0").withSums(() => `${"ab".repeat(32)}  other.zip\n`);
      expect(plan([empty]).left).toEqual([{ version: "1.2.0", reason: expect.stringContaining("No archive") }]);
    });
  });

  it.each([
    ["cannot be read", parsed("{")],
    ["has a byte order mark", parsed(`\ufeff${record.text}`)],
    ["has versions that are no list", parsed(pretty({ versions: { "1.0.0": {} } }))],
  ])("leaves everything alone when the record %s, and says why", (_, broken) => {
    expect(plan([release("1.2.0")], { of: broken as ProviderRecord })).toEqual({
      branches: [],
      lookAgain: null,
      left: [{ version: "1.2.0", reason: expect.stringContaining("nothing can be added") }],
    });
  });

  it.each([
    ["is empty", pretty({ owner_id: 501, repository_id: 7001, versions: null })],
    ["is written in one line", JSON.stringify(JSON.parse(record.text))],
    [
      "has old dirt",
      pretty({
        ...record.rawHead,
        odd: 1,
        versions: [version("1.0.0", { targets: [archive("x_y", { shasum: "" })] }), {}, null],
      }),
    ],
  ])("bumps a record that %s", (_, text) => {
    const of = parsed(text) as ProviderRecord;
    expect(branches([release("1.2.0")], { of })).toEqual([[own, ["1.2.0"]]]);
  });

  it("never bumps a withdrawn version, nor one that the record has", () => {
    const of = providerRecord(["1.0.0"], { ...record.rawHead, withdrawn: [{ version: "1.2.0" }] });
    expect(plan([release("1.2.0")], { of, expected: false }).branches).toEqual([]);
    expect(plan([release("1.0.0")], { expected: false }).branches).toEqual([]);
  });

  it("passes what the same rules pass when the pull request is judged: the written record holds the versions", () => {
    const [bump] = plan([release("1.2.0"), release("1.1.0")]).branches;
    const text = insertVersions(record, bump?.versions ?? []);
    expect(parsed(text).entries.map((entry) => entry.version)).toEqual(["1.2.0", "1.1.0", "1.0.0"]);
  });

  it("keeps its titles short", () => {
    const releases = Array.from({ length: 20 }, (_, index) => release(`1.${index + 1}.0-${"a".repeat(60)}`));
    expect(plan(releases).branches[0]?.title.length).toBeLessThanOrEqual(200);
  });
});

describe("planBump of a module", () => {
  const of = moduleRecord(["v1.0.0"]);
  const planModule = (tags: readonly Tag[], { expected = true }: { readonly expected?: boolean } = {}) =>
    planBump({
      record: of,
      candidates: tags.map(({ version, evidence }) => ({ candidate: { version, tag: version, expected }, evidence })),
      surroundings: { now: reviewedAt, layout: "plain", settings: defaultSettings, keys: {} },
    });
  const ownModule = "registrar/bump/module/acme/network/aws";
  const transferred = (version: string) => {
    const { repository } = tag(version).evidence;
    return tag(version).with({ repository: { ...repository, ownerId: 1 } as typeof repository });
  };

  it("puts all that passes on one branch, named after the record", () => {
    const tags = [tag("v1.2.0"), tag("v1.1.0")];
    expect(planModule(tags)).toEqual({
      branches: [
        {
          branch: ownModule,
          title: "acme/network/aws v1.2.0, v1.1.0",
          versions: tags.map(({ entry }) => entry),
          passes: true,
        },
      ],
      lookAgain: null,
      left: [],
    });
  });

  it("bumps a tag whether anybody expects it or not, and however its dates lie", () => {
    const odd = tag("v0.9.0").withTag({ publishedAt: "2999-01-01T00:00:00Z" });
    expect(planModule([odd], { expected: false }).branches).toMatchObject([{ versions: [odd.entry] }]);
  });

  it("gives a version of a transferred repository a branch of its own where it is expected, and leaves it else", () => {
    expect(planModule([transferred("v1.2.0")]).branches).toMatchObject([{ branch: `${ownModule}@v1.2.0` }]);
    const { branches: none, left } = planModule([transferred("v0.9.0")], { expected: false });
    expect(none).toEqual([]);
    expect(left).toEqual([{ version: "v0.9.0", reason: expect.stringContaining("transferred") }]);
  });

  it("leaves a tag alone that is gone or names no commit, and says why", () => {
    const gone = tag("v1.2.0").with({ tag: missing("The tag names no commit.") });
    const other = tag("v1.1.0");
    expect(planModule([gone, other])).toMatchObject({
      branches: [{ versions: [other.entry] }],
      lookAgain: null,
      left: [{ version: "v1.2.0", reason: "The tag names no commit." }],
    });
  });

  it("looks again when GitHub says, where it does not give the tag or the repository", () => {
    const at = "2026-03-01T13:00:00.000Z";
    const limited = { ...unavailable, retryAt: at };
    expect(planModule([tag("v1.2.0").with({ tag: limited })])).toEqual({ branches: [], lookAgain: { at }, left: [] });
    const unknown = tag("v1.2.0").with({ repository: unavailable });
    expect(planModule([unknown])).toEqual({ branches: [], lookAgain: { at: null }, left: [] });
  });

  it("never takes a provider's evidence for a module's", () => {
    const candidate = { version: "v1.1.0", tag: "v1.1.0", expected: true };
    const surroundings = { now: reviewedAt, layout: "plain", settings: defaultSettings, keys: {} } as const;
    const { evidence } = release("1.1.0");
    expect(planBump({ record: of, candidates: [{ candidate, evidence }], surroundings }).branches).toEqual([]);
  });
});
