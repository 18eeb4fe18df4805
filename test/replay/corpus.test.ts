import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlayedLine, Totals } from "../../src/replay/report.ts";
import { registrar } from "../support/cli.ts";
import { type Judgement, judgeBump } from "./support/oracle.ts";

const corpus = join(import.meta.dirname, "../../../shared/corpus");

/** So many of each kind of bump: what merges, and each combination of what is wrong. */
const ofEachKind = 4;
const merging = 16;

interface Sampled {
  readonly line: string;
  readonly judgement: Judgement;
  readonly paths: readonly string[];
}

function sample(): readonly Sampled[] {
  const text = execFileSync("xz", ["-dc", join(corpus, "bumps.jsonl.xz")], { maxBuffer: 1e9 }).toString();
  const bumps = text
    .trim()
    .split("\n")
    .map((line) => {
      const bump = JSON.parse(line) as { files: { path: string }[] };
      return { line, judgement: judgeBump(bump), paths: bump.files.map(({ path }) => path) };
    });
  const kindOf = ({ judgement: { demands } }: Sampled) => [...new Set(demands.map(({ code }) => code))].sort().join();
  const taken = [...Map.groupBy(bumps, kindOf)].flatMap(([kind, all]) => {
    const wanted = kind === "" ? merging : ofEachKind;
    // From all times, not the newest alone.
    const step = Math.max(1, Math.floor(all.length / wanted));
    return all.filter((_, index) => index % step === 0).slice(0, wanted);
  });
  return bumps.filter((bump) => taken.includes(bump));
}

describe.skipIf(!existsSync(corpus))("npm run replay, on real bumps of every kind (skipped without ../shared)", () => {
  let sampled: readonly Sampled[] = [];
  let lines: readonly PlayedLine[] = [];
  let totals: Totals;
  const folder = mkdtempSync(join(tmpdir(), "registrar-replay-test-"));

  beforeAll(async () => {
    sampled = sample();
    const registry = join(folder, "registry");
    mkdirSync(registry);
    const paths = new Set(sampled.flatMap((bump) => bump.paths));
    execFileSync("tar", ["xJf", join(corpus, "registry.tar.xz"), "-C", registry, ...paths]);
    const bumps = join(folder, "bumps.jsonl");
    writeFileSync(bumps, sampled.map(({ line }) => `${line}\n`).join(""));
    const { stdout } = await registrar(["replay", "--registry", registry, "--bumps", bumps, "--json"]);
    const printed = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    totals = printed.pop().totals;
    lines = printed;
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("merges exactly those that only add well-formed versions", () => {
    const expected = sampled.map(({ judgement, line }) => [JSON.parse(line).commit, judgement.merges]);
    expect(lines.map(({ commit, merged }) => [commit, merged])).toEqual(expected);
    expect(totals.merged).toBe(merging);
  });

  it("stops every other one with the finding that names it", () => {
    const missing = sampled.flatMap(({ judgement }, index) =>
      judgement.demands.filter(
        ({ code, path, version }) =>
          !lines[index]?.findings.some(
            (finding) =>
              finding.outcome !== "pass" &&
              finding.code === code &&
              finding.path === path &&
              (version === undefined || finding.version === version),
          ),
      ),
    );
    expect(missing).toEqual([]);
  });

  it("objects to nothing in what it merges, loses no job and asks GitHub nothing that it does not allow", () => {
    const objected = lines.filter(
      ({ merged, findings }) => merged && findings.some(({ outcome }) => outcome !== "pass"),
    );
    expect(objected).toEqual([]);
    expect(totals).toMatchObject({ errors: 0, jobsLost: [], violations: [] });
  });
});
