import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectedFiles, expectedOf, inputFiles, recordReview, replayReview } from "../../src/tasks/recorded-review.ts";

const behaviours = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const reader = (behaviour: string) => (name: string) =>
  readFileSync(join(import.meta.dirname, behaviour, name), "utf8");

// `npx vitest run test/scenarios/recorded.test.ts -u` writes anew what is expected; read the difference before it is committed.
describe("what was recorded of a pull request", () => {
  it.each(behaviours)("is judged, decided and planned as before: %s", async (behaviour) => {
    const review = replayReview(reader(behaviour));
    // Whatever is expected: an input that the rules cannot read any more has to be recorded again.
    const crashed = review.verdict.findings.filter(({ message }) => /could not be evaluated|no answer/.test(message));
    expect(crashed).toEqual([]);
    for (const [name, text] of Object.entries(expectedOf(review))) {
      await expect(text).toMatchFileSnapshot(join(import.meta.dirname, behaviour, name));
    }
  });

  it.each(behaviours)("names no machine, no credential and nothing else: %s", (behaviour) => {
    const names = readdirSync(join(import.meta.dirname, behaviour));
    expect(names.sort()).toEqual([...inputFiles, ...expectedFiles].sort());
    for (const name of names) {
      expect(reader(behaviour)(name)).not.toMatch(/127\.0\.0\.1|localhost|\/(?:tmp|home|work)\/|gh[psu]_|PRIVATE KEY/);
    }
  });

  it("is recorded again as it was", () => {
    const behaviour = "good-bump";
    const recording: Readonly<Record<string, string>> = recordReview(
      replayReview(reader(behaviour)),
      "https://github.com",
    );
    for (const name of inputFiles) expect(recording[name], name).toBe(reader(behaviour)(name));
  });

  it("holds each behaviour that a pull request can meet", () => {
    const kinds = new Set<string>(behaviours.map((behaviour) => replayReview(reader(behaviour)).decision.kind));
    const met = [
      "ask-maintainers",
      "blocked",
      "duplicate",
      "merge",
      "misconfigured",
      "not-ours",
      "outdated",
      "ready",
      "wait",
    ];
    expect(met.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
