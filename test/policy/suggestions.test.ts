import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LineComment } from "../../src/github/port.ts";
import { renderComment } from "../../src/policy/messages.ts";
import { lineComments, placeFindings } from "../../src/policy/placed-findings.ts";
import { surelyShown } from "../../src/policy/shown-lines.ts";
import { judge } from "../../src/rules/verdict.ts";
import { type EditableRecord, pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { type Json, release } from "../support/builders/release.ts";
import { decisions, story } from "../support/builders/story.ts";
import { tag } from "../support/builders/tag.ts";
import { hunksOf, suggestedText, takeSuggestions } from "../support/suggested-changes.ts";

const path = pathOf("acme/dns");
const versions = ["1.1.0", "1.0.0", "0.9.0", "0.8.0"];
const base = registry().withProvider("acme/dns", versions);

function commentsOn(world: RegistryBuilder): readonly LineComment[] {
  const told = story(world, decisions.blocked);
  return lineComments(told, placeFindings(told));
}

const textAt = (world: RegistryBuilder, at = path) => {
  const record = world.input.change.records.find((one) => one.path === at);
  return { before: record?.before?.text ?? "", after: record?.after?.text ?? "" };
};

/** Every comment stands in a hunk of git's diff, all its lines in the same one: GitHub refuses others. */
function expectPlaced(world: RegistryBuilder, comments: readonly LineComment[], at = path) {
  const { before, after } = textAt(world, at);
  const hunks = before === "" ? [{ first: 1, last: after.split("\n").length }] : hunksOf(before, after);
  for (const { line, startLine = line } of comments) {
    expect(startLine).toBeLessThanOrEqual(line);
    expect([line, hunks.some(({ first, last }) => first <= startLine && line <= last)]).toEqual([line, true]);
  }
}

function taken(world: RegistryBuilder, at = path): RegistryBuilder {
  const comments = commentsOn(world);
  expectPlaced(world, comments, at);
  return world.writing(at, takeSuggestions(textAt(world, at).after, comments));
}

/** What a contributor got wrong in an entry that was right. */
const mistakes: Readonly<Record<string, (entry: Json & { targets: Json[] }) => unknown>> = {
  "a hash": (entry) => Object.assign(entry.targets[0] ?? {}, { shasum: "ab".repeat(32) }),
  "the hash of the last archive": (entry) => Object.assign(entry.targets.at(-1) ?? {}, { shasum: "ab".repeat(32) }),
  "an address of a download": (entry) =>
    Object.assign(entry.targets[1] ?? {}, { download_url: "https://github.com/x/y" }),
  "a missing archive": (entry) => entry.targets.pop(),
  "a missing first archive": (entry) => entry.targets.shift(),
  "no archives": (entry) => Object.assign(entry, { targets: [] }),
  "an archive that is not there": (entry) =>
    entry.targets.push({ ...entry.targets[0], os: "plan9", filename: "x.zip" }),
  "the protocols": (entry) => Object.assign(entry, { protocols: ["4.0"] }),
  "missing protocols": (entry) => Reflect.deleteProperty(entry, "protocols"),
  "a field that nobody knows": (entry) => Object.assign(entry, { note: "hello" }),
  "unknown fields side by side": (entry) => Object.assign(entry, { a: 1, b: { c: [1, 2] }, d: null }),
  "unknown fields at the end of an archive": (entry) => Object.assign(entry.targets[0] ?? {}, { a: 1, b: 2 }),
  "the moment of discovery": (entry) => Object.assign(entry, { discovered: "2026-01-01T00:00:00Z" }),
  "the release's id": (entry) => Object.assign(entry, { release_id: 1 }),
  "the addresses of the sums": (entry) =>
    Object.assign(entry, { shasums_url: "https://x.example/a", shasums_signature_url: "https://x.example/b" }),
  "the v of a tag": (entry) => Object.assign(entry, { version: "v1.2.0" }),
  "many things": (entry) => {
    Object.assign(entry, { protocols: [], release_id: 1, note: "x" });
    Object.assign(entry.targets[0] ?? {}, { shasum: "cd".repeat(32), os: "linux", more: true });
    entry.targets.pop();
  },
};

const withMistake = (world: RegistryBuilder, mistake: (entry: Json & { targets: Json[] }) => unknown) => {
  const entry = structuredClone(release("1.2.0").entry) as Json & { targets: Json[] };
  mistake(entry);
  return world.adding(release("1.2.0"), entry).knowing(release("1.2.0"));
};

describe("suggested changes", () => {
  it.each(Object.entries(mistakes))("put %s right, so that the result passes", (_, mistake) => {
    const world = withMistake(base, mistake);
    expect(judge(world.input).outcome).toBe("fail");
    const mended = taken(world);
    expect(judge(mended.input).findings.filter(({ outcome }) => outcome === "fail")).toEqual([]);
    expect(mended.input.change.records[0]?.removed).toEqual([]);
  });

  it.each(Object.entries(mistakes))("put %s right in a new record as well", (_, mistake) => {
    const mended = taken(withMistake(registry().withProvider("acme/other", ["1.0.0"]), mistake));
    expect(judge(mended.input).findings.filter(({ outcome }) => outcome === "fail")).toEqual([]);
  });

  it.each(Object.entries(mistakes))("can be taken one by one, and each leaves the file JSON (%s)", (_, mistake) => {
    const world = withMistake(base, mistake);
    for (const comment of commentsOn(world)) {
      const { after } = textAt(world);
      const changed = takeSuggestions(after, [comment]);
      expect(() => JSON.parse(changed)).not.toThrow();
      if (suggestedText(comment) !== null) expect(changed).not.toBe(after);
    }
  });

  it("keep the form of the file around them", () => {
    const mended = taken(withMistake(base, (entry) => entry.targets.pop()));
    const right = base.adding(release("1.2.0"));
    expect(textAt(mended).after).toBe(textAt(right).after);
  });

  it("are made once for a value to which two rules object", () => {
    const comments = commentsOn(
      withMistake(base, (entry) => Object.assign(entry.targets[0] ?? {}, { shasum: "ab".repeat(32) })),
    );
    expect(comments.filter((comment) => suggestedText(comment) !== null)).toHaveLength(1);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/record-matches-release[\s\S]*sums-cover-archives/);
  });

  it.each([
    ["the newest version", (record: EditableRecord) => void record.versions.shift(), {}],
    ["the oldest version", (record: EditableRecord) => void record.versions.pop(), {}],
    ["the newest, in an empty list", (record: EditableRecord) => void record.versions.shift(), { withdrawn: [] }],
  ])("add the tombstone of %s that was removed", (_, edit, head) => {
    const world = registry().withProvider("acme/dns", versions, head).editing(path, edit);
    expect(judge(world.input).outcome).toBe("fail");
    const mended = taken(world);
    expect(judge(mended.input).findings.filter(({ outcome }) => outcome === "fail")).toEqual([]);
    const { withdrawn } = JSON.parse(textAt(mended).after) as { withdrawn: Json[] };
    expect(withdrawn.at(-1)).toEqual({
      version: expect.stringMatching(/^(?:1\.1\.0|0\.8\.0)$/),
      reason: expect.any(String),
      since: "2026-03-01T00:00:00Z",
    });
  });

  it("are not made where GitHub would not show the line; what to do says it then", () => {
    const withdrawn = [{ version: "0.1.0", reason: "old" }];
    const far = registry().withProvider("acme/dns", versions, { withdrawn });
    for (const [world, index] of [
      [base, 1],
      [far, 0],
    ] as const) {
      const removing = world.editing(path, (record) => void record.versions.splice(index, 1));
      expect(commentsOn(removing)).toEqual([]);
      expect(renderComment(story(removing, decisions.blocked))).toContain(`\`version\` \`${versions[index]}\``);
    }
  });

  it("correct the commit of a module's tag", () => {
    const at = pathOf("acme/network/aws");
    const right = tag("v1.1.0");
    const world = registry()
      .withModule("acme/network/aws", ["v1.0.0"])
      .adding(right, { ...right.entry, commit: "ab".repeat(20) });
    const mended = taken(world, at);
    expect(judge(mended.input).outcome).toBe("pass");
  });

  it.each([
    ["backticks", { "```\n<b>": 1 }],
    ["invisible signs", { "\u202e": 1 }],
    ["very long lines", { x: "y".repeat(20_000) }],
  ])("are not made of lines with %s", (_, more) => {
    const world = withMistake(base, (entry) => Object.assign(entry.targets[0] ?? {}, { os: "plan9", ...more }));
    for (const comment of commentsOn(world)) {
      const suggested = suggestedText(comment);
      expect(suggested ?? "").not.toMatch(/`|\u202e|y{9000}/);
    }
  });

  it("are not made in a file with other line ends", () => {
    const world = withMistake(base, (entry) => entry.targets.pop());
    const crlf = world.writing(path, textAt(world).after.replaceAll("\n", "\r\n"));
    expect(commentsOn(crlf).filter((comment) => suggestedText(comment) !== null)).toEqual([]);
  });

  it("stand where git shows the lines and leave the file JSON, in whatever form it is and whatever is wrong", () => {
    const forms = fc.constantFrom<string | number | undefined>(2, 4, "\t", 1, undefined);
    const wrong = fc.uniqueArray(fc.constantFrom(...Object.values(mistakes)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(forms, wrong, fc.constantFrom(0, 1, 2, 3, 4), (form, list, removed) => {
        const old = JSON.stringify(
          JSON.parse(base.withFile("x", "").adding(release("0.1.0")).input.change.records[0]?.before?.text ?? "{}"),
          null,
          form,
        );
        const world = withMistake(registry().withFile(path, old), (entry) => {
          for (const mistake of list) mistake(entry);
        });
        const edited = JSON.parse(textAt(world).after) as EditableRecord;
        if (removed > 0) edited.versions.splice(removed, 1);
        const reformed = world.writing(path, JSON.stringify(edited, null, form));
        const comments = commentsOn(reformed);
        expectPlaced(reformed, comments);
        const { after } = textAt(reformed);
        for (const some of [comments, comments.slice(1), comments.slice(0, 1)]) {
          expect(() => JSON.parse(takeSuggestions(after, some))).not.toThrow();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("surelyShown", () => {
  const line = fc.constantFrom("a", "b", "c", "{", "},");
  const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.join("\n"));

  it("names no line that git's diff does not show", () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (one, other, extended) => {
        const before = extended ? `${other}\n${one}\n${other}` : one;
        if (before === other) return;
        const hunks = hunksOf(`${before}\n`, `${other}\n`);
        const isShown = surelyShown(`${before}\n`, `${other}\n`);
        for (let at = 1; at <= other.split("\n").length; at += 1) {
          if (isShown(at)) expect([at, hunks.some(({ first, last }) => first <= at && at <= last)]).toEqual([at, true]);
        }
      }),
      { numRuns: 80 },
    );
  });
});
