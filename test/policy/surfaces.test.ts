import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingLine } from "../../src/cli/texts.ts";
import { renderAdoptionReport } from "../../src/policy/adoption-report.ts";
import {
  renderAnnouncement,
  renderBumpBody,
  renderConfigurationProblems,
  renderGroupBody,
  renderPushReport,
} from "../../src/policy/messages.ts";
import { planReview } from "../../src/policy/plan.ts";
import { parseSettings } from "../../src/registry/settings.ts";
import { moduleRecord, providerRecord, version } from "../support/builders/records.ts";
import { pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { type Json, missing, release } from "../support/builders/release.ts";
import { decisions, story } from "../support/builders/story.ts";
import { tag } from "../support/builders/tag.ts";
import { hostileText } from "../support/hostile-texts.ts";
import { githubLike } from "../support/markdown.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.1.0", "1.0.0"]);
const bump = base.adding(release("1.2.0"));
const repository = (facts: Json) =>
  release("1.2.0").with({ repository: { ...release("1.2.0").evidence.repository, ...facts } as never });

/** Every place at which a contributor or a release puts a text of their own. */
const places: Readonly<Record<string, (text: string) => RegistryBuilder>> = {
  version: (text) => base.adding(release("1.2.0"), version(text)),
  "removed version": (text) =>
    registry()
      .withProvider("acme/dns", ["1.1.0", version(text)])
      .editing(path, (record) => void record.versions.pop()),
  "rewritten version": (text) =>
    registry()
      .withProvider("acme/dns", ["1.1.0", version(text)])
      .editing(path, (record) => void Object.assign(record.versions[1] ?? {}, { tag: text, protocols: [text] })),
  field: (text) => base.adding(release("1.2.0"), version("1.2.0", { [text]: text })),
  "field with a right value beside it": (text) =>
    base.adding(release("1.2.0"), { ...release("1.2.0").entry, protocols: [text], [text]: text }),
  tag: (text) => base.adding(release("1.2.0").withRelease({ tag: text }), release("1.2.0").entry),
  "file name": (text) => base.adding(release("1.2.0").withAsset("linux", { name: text }), release("1.2.0").entry),
  "address of a file": (text) =>
    base.adding(release("1.2.0").withAsset("linux", { url: text }), release("1.2.0").entry),
  "line of sums": (text) =>
    base.adding(
      release("1.2.0").withSums(() => `${text}\n`),
      release("1.2.0").entry,
    ),
  archive: (text) =>
    base.adding(
      release("1.2.0"),
      version("1.2.0", { targets: [{ os: text, arch: text, filename: text, shasum: text }] }),
    ),
  head: (text) => base.editing(path, (record) => ({ ...record, [text]: text, warnings: [text], repository: text })),
  withdrawal: (text) => base.editing(path, (record) => ({ ...record, withdrawn: [{ version: text, reason: text }] })),
  path: (text) => base.writing(`providers/acme/${text.replaceAll("/", "")}.json`, "{"),
  namespace: (text) => base.writing(`providers/${text.replaceAll("/", "")}/x.json`, "{}"),
  "key's path": (text) => base.writing(`keys/acme/${text.replaceAll("/", "")}.asc`, "{"),
  "key's text": (text) => base.writing("keys/acme/x.asc", text),
  "other path": (text) => bump.writing(text, "x"),
  configuration: (text) => base.writing(".github/registrar.yml", text),
  protocol: (text) => base.adding(release("1.2.0").withProtocols(text), release("1.2.0").entry),
  reason: (text) => base.adding(release("1.2.0").with({ sums: missing(text) }), release("1.2.0").entry),
  repository: (text) =>
    registry().adding(repository({ fullName: text, license: text, createdAt: text }), release("1.2.0").entry),
  "module's tag": (text) =>
    registry()
      .withModule("acme/network/aws", ["v1.0.0"])
      .adding(tag("v1.1.0").withTag({ name: text })),
  "module's commit": (text) =>
    registry()
      .withModule("acme/network/aws", ["v1.0.0"])
      .adding(tag("v1.1.0"), { version: "v1.1.0", commit: text, published: text }),
};

const markdown = githubLike();
const allowedTags = new Set("p pre code h3 ul ol li strong details summary table thead tbody tr th td a".split(" "));
const ownLinks =
  /^https:\/\/(?:github\.com\/[\w%.~!*'()-]*(?:\/[\w%.~!*'()-]*)*$|docs\.example\/docs\/rules\.md#[a-z-]+$)/;
/** Signs that act on a terminal, reorder what is read, or show nothing; line breaks are a matter of the place. */
const acting = /(?!\n|\u200b|\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function expectHarmlessMarkdown(text: string) {
  expect(acting.exec(text)?.[0]).toBeUndefined();
  const html = markdown.render(text.replace(/^<!-- registrar:comment -->/, ""));
  const tags = [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1] ?? "");
  expect(tags.filter((name) => !allowedTags.has(name))).toEqual([]);
  expect(html).not.toMatch(/<!--|<\/?details[^>]+>/);
  const links = [...html.matchAll(/<a href="([^"]*)"/g)].map((match) => match[1] ?? "");
  expect(tags.filter((name) => name === "a")).toHaveLength(links.length * 2);
  for (const link of links) expect(link).toMatch(ownLinks);
  const outside = html.replace(/<code[^>]*>.*?<\/code>/gs, "").replace(/<a .*?<\/a>/gs, "");
  expect(outside).not.toMatch(/@\w|#\d|GH-\d|:\/\/|www\./i);
}

const expectPlain = (text: string) =>
  expect([text, acting.test(text) || /[\n\u200b]/.test(text)]).toEqual([text, false]);

/** Everything that is written about a pull request, whatever is decided. */
function expectHarmless(world: RegistryBuilder) {
  for (const decision of [decisions.blocked, decisions.merge]) {
    const told = story(world, decision);
    for (const operation of planReview(told)) {
      switch (operation.kind) {
        case "check-run": {
          const { run } = operation;
          expectHarmlessMarkdown(run.summary);
          expectPlain(run.title);
          for (const { title, message } of run.annotations) {
            expectPlain(title);
            expectPlain(message);
          }
          const announced = renderAnnouncement({ title: `${run.title} is verified`, summary: run.summary });
          expectHarmlessMarkdown(announced ?? "");
          break;
        }
        case "comment":
        case "announce":
          expectHarmlessMarkdown(operation.body);
          break;
        case "review":
          for (const { body } of [operation, ...operation.comments]) expectHarmlessMarkdown(body);
          break;
        case "merge":
          // It ends up in history, where GitHub acts on words: no more than these signs.
          expect(operation.title).toMatch(/^[\w ./()…+?-]+ \(#7\)$/);
          expect(operation.title).not.toMatch(/GH-\d/i);
          break;
      }
    }
    for (const finding of told.verdict.findings) {
      for (const line of findingLine(finding).split("\n")) expectPlain(line);
      expect(findingLine(finding).split("\n").length).toBeLessThanOrEqual(2);
    }
    const { input, verdict, serverUrl, docsUrl } = told;
    expectHarmlessMarkdown(renderPushReport({ commit: "c".repeat(40), input, verdict, serverUrl, docsUrl }).summary);
  }
}

const worst = [
  "<img src=x onerror=alert(1)>",
  "@acme/team #1 GH-1 https://evil.example www.evil.example me@evil.example",
  '"x""`<img src=x>"',
  "](https://evil.example) [x](https://evil.example)",
  "a|b|<b>\n|c|",
  "</details><script>",
  "`` `<b>` `` ```suggestion\nrm -rf\n```",
  "\n\n# heading\n- item\n<b>\n```\n",
  "\u202eevil\u2066\u200b\u001b[2J\u0007\u0000",
  "x".repeat(3000),
];

describe("whatever a contributor or a release writes", () => {
  it.each(Object.keys(places))(
    "a %s acts nowhere: in comments, checks, reviews, titles, reports, terminals",
    (place) => {
      for (const text of worst) expectHarmless(places[place]?.(text) ?? base);
    },
  );

  it("acts nowhere, in any mixture and at any place", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(places)), hostileText, (place, text) => {
        expectHarmless(place(text));
      }),
      { numRuns: 50 },
    );
  });

  it("acts in no description of a pull request of ours, and in no report", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const versions = [release("1.2.0").entry, version("1.3.0", { version: text, tag: text })] as never[];
        const record = providerRecord(["1.0.0"]);
        expectHarmlessMarkdown(renderBumpBody(record, versions));
        expectHarmlessMarkdown(renderBumpBody(moduleRecord(["v1.0.0"]), [{ version: text, commit: text }]));
        expectHarmlessMarkdown(renderGroupBody([{ record, versions: [{ version: text }] }]));
        const parsed = parseSettings(text);
        const problems = parsed.ok ? [] : parsed.problems;
        expectHarmlessMarkdown(renderConfigurationProblems("c".repeat(40), problems, "2026-03-01T12:00:00Z").summary);
        const ids = { repository_id: 1, owner_id: 2 };
        const adopted = [{ path, repository: text, createdAt: text, ids, equal: [text] }];
        const report = { adopted, left: [{ path: text, reason: text }], serverUrl: "https://github.com" };
        expectHarmlessMarkdown(renderAdoptionReport(report));
      }),
      { numRuns: 100 },
    );
  });
});
