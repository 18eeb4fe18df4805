import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/policy/decision.ts";
import { renderLineComment } from "../../src/policy/messages/line-comment.ts";
import {
  approvalText,
  commentMarker,
  headline,
  renderBumpBody,
  renderCheckSummary,
  renderComment,
  renderConfigurationProblems,
  subject,
} from "../../src/policy/messages.ts";
import { finding } from "../support/builders/findings.ts";
import { moduleRecord, providerRecord, version } from "../support/builders/records.ts";
import { pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { type Json, release } from "../support/builders/release.ts";
import { decisions, story } from "../support/builders/story.ts";
import { tag, taggedCommit } from "../support/builders/tag.ts";
import { githubLike } from "../support/markdown.ts";

type BumpVersions = Parameters<typeof renderBumpBody>[1];

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.1.0", "1.0.0"]);
const bump = base.adding(release("1.2.0"));
const module = (world: RegistryBuilder) =>
  world.editing(pathOf("acme/network/aws"), () => ({ versions: [{ version: "v1.0.0" }] }));
const comment = (decision: Decision, more: Parameters<typeof story>[2] = {}, world: RegistryBuilder = bump) =>
  renderComment(story(world, decision, more));
/** The part that begins with a bold heading. */
const section = (text: string, heading: string): string =>
  text.split("\n\n").find((part) => part.startsWith(`**${heading}`)) ?? "";

describe("headline", () => {
  it.each([
    [decisions.merge, "acme/dns 1.2.0 is verified"],
    [decisions.ready, "acme/dns 1.2.0 is verified; this is a draft"],
    [{ kind: "ready", because: "paused" }, "acme/dns 1.2.0 is verified; merging is paused"],
    [decisions.blocked, "acme/dns 1.2.0 cannot be merged as it is"],
    [decisions.wait, "acme/dns 1.2.0 has to wait"],
    [decisions["ask-maintainers"], "acme/dns 1.2.0 waits for a maintainer"],
    [decisions.outdated, "acme/dns 1.2.0 is right, but the branch is behind"],
    [{ ...decisions.outdated, because: "conflict" }, "acme/dns 1.2.0 is right, but the branch conflicts with the base"],
    [decisions.misconfigured, "The registry's configuration has to be mended first"],
    [decisions["not-ours"], "Not a change of the registry"],
    [decisions.duplicate, "The same commit as pull request 3"],
  ] as const)("of %j is %j", (decision, expected) => {
    expect(headline(story(bump, decision))).toBe(expected);
  });

  it("says when it is merged", () => {
    expect(headline(story(bump, decisions.merge, { merged: true }))).toBe("acme/dns 1.2.0 is verified and merged");
  });
});

describe("subject", () => {
  it.each([
    ["one version", bump, "acme/dns 1.2.0"],
    ["several versions", bump.adding(release("1.3.0")), "acme/dns (2 versions)"],
    ["a removed version", base.editing(path, ({ versions }) => void versions.pop()), "acme/dns 1.0.0"],
    ["nothing but the head", base.editing(path, (record) => ({ ...record, warnings: ["x"] })), "acme/dns"],
    ["several records", module(bump), "A change of 2 records"],
    ["a key", registry().writing("keys/acme/a.asc", "x"), "A change of signing keys"],
    ["anything else", registry().writing("README.md", "x"), "This change"],
  ])("of %s", (_, world, expected) => {
    expect(subject(world.input.change)).toBe(expected);
  });
});

describe("renderComment", () => {
  it("begins with the marker by which it is found again", () => {
    for (const decision of Object.values(decisions))
      expect(comment(decision).startsWith(`${commentMarker}\n`)).toBe(true);
  });

  it("says what was seen: head, records, versions, releases and keys", () => {
    const world = bump
      .editing(path, (record) => ({
        ...record,
        versions: record.versions.flatMap((one) =>
          one.version === "1.0.0" ? [] : [one.version === "1.1.0" ? { ...one, release_id: 5 } : one],
        ),
      }))
      .writing("keys/acme/new.asc", "x");
    const saw = section(comment(decisions.blocked, {}, module(world)), "What I saw");
    expect(saw).toContain("`c0ffee000000`");
    expect(saw).toMatch(/`acme\/dns`: adds `1\.2\.0`; rewrites `1\.1\.0`; removes `1\.0\.0`/);
    expect(saw).toMatch(
      /release v1.*https:\/\/github\.com\/acme\/terraform-provider-dns\/releases\/tag\/v1\.2\.0>\) with 4 files/,
    );
    expect(saw).toContain("`acme/network/aws`: new record; adds `v1.0.0`");
    expect(saw).toContain("signing key `keys/acme/new.asc`");
  });

  it("says what is wrong and what to do, each thing once", () => {
    const findings = [
      finding("fail", { message: "First is wrong.", next: "Mend it." }),
      finding("retry", { message: "Second is late.", next: "Mend it." }),
      finding("hold", { message: "Third is odd." }),
      finding("pass", { message: "Fourth is fine." }),
    ];
    const text = comment(decisions.blocked, { findings });
    const wrong = section(text, "What is wrong");
    for (const message of [
      "❌ [`some-rule`](<https://docs.example/docs/rules.md#some-rule>) First is wrong.",
      "⏳ [`some-rule`](<https://docs.example/docs/rules.md#some-rule>) Second is late.",
      "✋ [`some-rule`](<https://docs.example/docs/rules.md#some-rule>) Third is odd.",
    ])
      expect(wrong).toContain(message);
    expect(wrong).not.toContain("Fourth");
    expect(section(text, "What to do").match(/Mend it\./g)).toHaveLength(1);
    expect(text).toContain("All 4 answers of the rules");
    expect(text.slice(text.indexOf("All 4 answers"))).toContain("Fourth is fine.");
  });

  it("counts what nobody would read", () => {
    const findings = Array.from({ length: 300 }, (_, at) =>
      finding("fail", { message: `Wrong ${at}.`, next: `Mend ${at}.` }),
    );
    const text = comment(decisions.blocked, { findings });
    expect(section(text, "What is wrong")).toContain("and 275 more");
    expect(section(text, "What to do").split("\n")).toHaveLength(11);
    expect(text).toContain("All 300 answers");
    expect(text.split("\n").filter((line) => line.startsWith("| ❌"))).toHaveLength(300);
  });

  it("fits into a comment of GitHub whatever there is to say, cut between rows, and still says who is next", () => {
    const long = '@"`<|/'.repeat(1000);
    const findings = Array.from({ length: 3000 }, (_, at) =>
      finding("fail", {
        message: `${at} ${long}`,
        next: `${at} ${long}`,
        version: long,
        ...(at % 3 ? {} : { notice: true }),
      }),
    );
    const many = Array.from({ length: 400 }, (_, at) => `acme/p${at}`);
    const world = many.reduce((one, of) => one.writing(pathOf(of), "{}"), registry());
    const told = story(world, decisions.blocked, { findings });
    for (const text of [renderComment(told), renderCheckSummary(told)]) {
      expect(text.length).toBeLessThanOrEqual(65_535);
      expect(section(text, "Who is next")).toContain("Push a correction");
      expect(section(text, "What I saw")).toMatch(/and \d+ more\.$/);
      expect(section(text, "What is wrong")).toMatch(/and \d+ more, in the check\.$/);
      expect(text).toMatch(/^… and \d+ more like these\.$/m);
      expect(text).toMatch(/\| … \| \| \| \d+ more: [^\n]*\|\n\n<\/details>$/);
    }
    expect(renderCheckSummary(told).length).toBeGreaterThan(renderComment(told).length);
  });

  it("mentions notices under a heading of their own", () => {
    const text = comment(decisions.merge, { findings: [finding("pass", { notice: true, message: "Old key." })] });
    expect(section(text, "Good to know")).toContain("Old key.");
    expect(section(text, "What is wrong")).toBe("");
  });

  it.each([
    [decisions.blocked, false, /^The contributor of this pull request\. Push a correction/],
    [decisions.blocked, true, /^The author of the release\. A correct new release/],
    [decisions.wait, false, /^Registrar: it looks again at 2026-03-01T12:05:00\.000Z/],
    [{ kind: "wait", until: null }, false, /^Registrar: it looks again by itself/],
    [decisions["ask-maintainers"], false, /^A maintainer of this registry decides: an approving review/],
    [{ kind: "ask-maintainers", liftable: false }, false, /^The author or a maintainer: .* has to change first/],
    [decisions.merge, false, /^Registrar: it merges this now/],
    [decisions.ready, false, /^The contributor: mark this pull request as ready/],
    [{ kind: "ready", because: "paused" }, false, /^The maintainers: `paused`/],
    [decisions.outdated, false, /^The contributor: .*Update the branch/],
    [{ ...decisions.outdated, because: "conflict" }, false, /^The contributor: .*keep the versions of both sides/],
    [{ ...decisions.outdated, because: "history" }, false, /^The contributor: .*rebase/],
    [{ ...decisions.outdated, rebuild: true }, true, /^Registrar: it makes the branch anew/],
    [decisions.misconfigured, false, /^The registry's operators: .*unknown key.*Nothing is merged before that/],
    [decisions["not-ours"], false, /^The maintainers: .*It touches no record/],
    [decisions.duplicate, false, /^The contributor: close one of the two/],
  ] as const)("of %j (by Registrar: %s) says who is next", (decision, own, expected) => {
    const text = comment(decision as Decision, {}, own ? bump.byRegistrar() : bump);
    const next = section(text, "Who is next").replace("**Who is next.** ", "").replaceAll("\\", "");
    expect(next).toMatch(expected);
  });

  it("says that nobody is next once it is merged, and who approved it", () => {
    const text = comment(
      { kind: "merge", approve: true, liftedBy: "mia" },
      { merged: true, findings: [finding("hold")] },
    );
    expect(section(text, "Who is next")).toContain("Nobody. `mia` approved it.");
    expect(section(text, "What is wrong")).toBe("");
    expect(section(text, "What to do")).toBe("");
    expect(text).toContain("🎉");
  });

  it("is never longer for a hostile pull request than a few comments of GitHub's limit", () => {
    const world = base.adding(
      release("1.2.0"),
      version("1.2.0", { targets: Array.from({ length: 2000 }, () => ({ os: "x".repeat(5000) })) }),
    );
    expect(comment(decisions.blocked, {}, world).length).toBeLessThan(200_000);
  });
});

describe("renderCheckSummary", () => {
  it("is the comment without its marker, and what each rule concerned promises, once", () => {
    const findings = [
      finding("fail", { code: "version-syntax" }),
      finding("fail", { code: "version-syntax" }),
      finding("fail", { code: "record-place" }),
      finding("pass", { code: "signature" }),
    ];
    const summary = renderCheckSummary(story(bump, decisions.blocked, { findings }));
    expect(summary).not.toContain(commentMarker);
    expect(summary.startsWith("### ❌ acme/dns")).toBe(true);
    const concerned = summary.slice(summary.indexOf("**The rules concerned**"));
    expect(concerned.match(/^- /gm)).toHaveLength(2);
    expect(concerned).toContain(
      "[`version-syntax`](<https://docs.example/docs/rules.md#version-syntax>) – A version is",
    );
  });

  it("says nothing of rules when all pass", () => {
    expect(renderCheckSummary(story(bump, decisions.merge))).not.toContain("The rules concerned");
  });
});

describe("renderLineComment", () => {
  const none = { suggestion: null, docsUrl: null };

  it("says what is wrong and what to do", () => {
    expect(renderLineComment([finding("fail", { message: 'tag is "x".', next: "Mend it." })], none)).toBe(
      "❌ `some-rule` tag is `x`.\n\nMend it.",
    );
    expect(renderLineComment([finding("hold")], none)).toBe("✋ `some-rule` Something was found.");
  });
});

describe("renderBumpBody", () => {
  it("names address, versions, archives and releases, and nothing hostile", () => {
    const versions = [release("1.2.0").entry, version("1.3.0", { tag: "`<b>`\n@evil" })] as unknown as Json[];
    const body = renderBumpBody(providerRecord(["1.0.0"]), versions as unknown as Parameters<typeof renderBumpBody>[1]);
    expect(body).toContain("`acme/dns`");
    expect(body).toContain("- `1.2.0`, 2 archives, from the release `v1.2.0`");
    expect(githubLike().render(body)).not.toMatch(/<b>|<a /);
  });
});

describe("texts about modules", () => {
  const world = registry().withModule("acme/network/aws", ["v1.0.0"]).adding(tag("v1.1.0"));

  it("name the tag, with a link and its commit, as what was seen", () => {
    const saw = section(comment(decisions.merge, {}, world), "What I saw");
    expect(saw).toContain("`acme/network/aws`: adds `v1.1.0`");
    expect(saw).toMatch(
      /tag v1.*<https:\/\/github\.com\/acme\/terraform-aws-network\/tree\/v1\.1\.0>\) at commit `d0d0d0d0d0d0`/,
    );
  });

  it("show hostile tag names safely", () => {
    const hostile = "v1](https://evil.example)\n@evil`<b>";
    const odd = tag("v1.1.0").withTag({ name: hostile });
    const text = comment(decisions.blocked, {}, registry().withModule("acme/network/aws", []).adding(odd));
    expect(githubLike().render(section(text, "What I saw"))).not.toMatch(/<b>|evil\.example"/);
  });

  it("say in a bump's description what the tags name, and nothing of signatures", () => {
    const versions = [tag("v1.1.0").entry, { version: "`<b>`\n@evil" }] as unknown as BumpVersions;
    const body = renderBumpBody(moduleRecord(["v1.0.0"]), versions);
    expect(body).toContain("`acme/network/aws`");
    expect(body).toContain(`- \`v1.1.0\`, the commit \`${taggedCommit}\` that its tag names`);
    expect(body).not.toMatch(/signature|archives/);
    expect(githubLike().render(body)).not.toMatch(/<b>|<a /);
  });

  it("claim no signature in an approval", () => {
    expect(approvalText(world.input.change)).not.toContain("signed");
    expect(approvalText(bump.input.change)).toContain("signed");
    expect(approvalText(module(bump).input.change)).not.toContain("signed");
  });
});

describe("renderConfigurationProblems", () => {
  it("fails the commit's check, and lists every problem", () => {
    const run = renderConfigurationProblems(
      "c0ffee",
      ['unknown key "a"', "unknown key <b>"],
      "2026-03-01T12:00:00.000Z",
    );
    expect(run).toMatchObject({
      headSha: "c0ffee",
      status: "completed",
      conclusion: "failure",
      title: "The configuration has 2 problem(s)",
    });
    expect(run.summary).toContain("unknown key `a`");
    expect(run.summary).not.toContain(" <b>");
  });
});
