import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlayedLine, Totals } from "../../src/replay/report.ts";
import { folderWith, registrar } from "../support/cli.ts";
import { change, dns, files, network, provider, web } from "./support/tiny-registry.ts";

const at = "acme/dns";
const added = (...entries: unknown[]) => ({ files: [change(dns, { added: entries })] });
const good = provider(at, "1.1.0");
const [first, second] = good.targets;

/** What happens, and what has to be said: nothing, when it has to be merged. */
const cases: Readonly<Record<string, readonly [object | string, ...Partial<PlayedLine["findings"][number]>[]]>> = {
  "a version is added to a record with old dirt": [added(good)],
  "a module gets a version": [{ files: [change(network, { added: [{ version: "v1.1.0" }] })] }],
  "versions of two namespaces come at once": [
    { files: [change(dns, { added: [good] }), change(web, { added: [provider("Globex/web", "2.1.0")] })] },
  ],
  "protocols that a manifest tells": [added({ ...good, protocols: ["5.0", "6.0"] })],
  "an account has another name by now": [
    added(provider(at, "1.1.0", { owner: "acme-inc" })),
    { code: "repository-owner", outcome: "pass", version: "1.1.0", notice: true },
  ],
  "a version goes": [
    { files: [change(dns, { added: [good], removed: ["0.8.0"] })] },
    { code: "append-only", outcome: "fail", path: dns, version: "0.8.0" },
  ],
  "a version is rewritten": [
    {
      files: [
        change(web, {
          changed: [
            {
              before: provider("Globex/web", "2.0.0", { platforms: ["linux_386"] }),
              after: provider("Globex/web", "2.0.0"),
            },
          ],
        }),
      ],
    },
    { code: "append-only", outcome: "hold", path: web, version: "2.0.0" },
  ],
  "a version is no SemVer": [added(provider(at, "1.1")), { code: "version-syntax", outcome: "fail", version: "1.1" }],
  "a version has build metadata": [
    added(provider(at, "1.1.0+b1")),
    { code: "version-syntax", outcome: "fail", version: "1.1.0+b1" },
  ],
  "a hash is missing": [
    added({ ...good, targets: [first, { ...second, shasum: "" }] }),
    { code: "record-shape", outcome: "fail", version: "1.1.0" },
  ],
  "a platform comes twice": [
    added({ ...good, targets: [first, second, first] }),
    { code: "version-unique", outcome: "fail", version: "1.1.0" },
  ],
  "an archive is named for another provider": [
    added({ ...good, targets: JSON.parse(JSON.stringify(good.targets).replaceAll("provider-dns_", "provider-dnx_")) }),
    { code: "record-matches-release", outcome: "fail", version: "1.1.0" },
  ],
  "a record is new": [
    {
      files: [
        change("providers/acme/mail.json", { status: "A", had: 0, has: 1, added: [provider("acme/mail", "1.0.0")] }),
      ],
    },
    { code: "new-record", outcome: "hold", path: "providers/acme/mail.json" },
  ],
  "a record goes": [
    { files: [change(web, { status: "D", had: 1, has: 0, removed: ["2.0.0"] })] },
    { code: "append-only", outcome: "fail", path: web },
  ],
  "a file is no record": [{ files: [change("README.md", { added: [good] })] }, { code: "scope", outcome: "fail" }],
  "a name that no tag can have": [
    added(provider(at, "1.1.0 ~^:\u202e")),
    { code: "version-syntax", outcome: "fail", version: "1.1.0 ~^:\u202e" },
  ],
};
const unplayable = { "a path leads out": { files: [change("../x.json", {})] }, "a line is no JSON": "{" };

describe("npm run replay, on a registry of three records", () => {
  const folder = folderWith(files);
  let lines: readonly PlayedLine[] = [];
  let totals: Totals;
  let exit: number | null;

  beforeAll(async () => {
    const bumps = [
      ...Object.entries(cases).map(([name, [bump]]) => [name, bump] as const),
      ...Object.entries(unplayable),
    ];
    const rows = bumps.map(([name, bump]) =>
      typeof bump === "string" ? bump : JSON.stringify({ commit: name, ...bump }),
    );
    writeFileSync(join(folder.path, "bumps.jsonl"), `${rows.join("\n")}\n`);
    const args = ["--registry", folder.path, "--bumps", join(folder.path, "bumps.jsonl"), "--json"];
    const run = await registrar(["replay", ...args]);
    exit = run.exit;
    const printed = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    totals = printed.pop().totals;
    lines = printed;
  });
  afterAll(() => folder.remove());

  it.each(Object.entries(cases))("when %s", (name, [, ...demands]) => {
    const { merged, findings = [], error } = lines.find(({ commit }) => commit === name) ?? {};
    expect(error).toBeUndefined();
    for (const demand of demands) expect(findings).toContainEqual(expect.objectContaining(demand));
    const objections = findings.filter(({ outcome }) => outcome !== "pass");
    const merges = demands.every(({ outcome }) => outcome === "pass");
    expect({ merged, objected: objections.length > 0 }).toEqual({
      merged: merges,
      objected: !merges && demands.length > 0,
    });
  });

  it("says of what cannot be played why, and exits with 1", () => {
    expect(lines.slice(-2)).toMatchObject([
      { commit: "a path leads out", outcome: "unplayable", merged: false, error: expect.stringContaining("../x.json") },
      { commit: "", outcome: "unplayable", merged: false, error: "The line is not JSON." },
    ]);
    expect(exit).toBe(1);
  });

  it("loses no job, asks GitHub nothing that it does not allow, and says what each bump took", () => {
    expect(totals).toMatchObject({
      bumps: lines.length,
      merged: 5,
      errors: 2,
      jobsLost: [],
      violations: [],
    });
    const writes = lines.flatMap(({ requests }) => requests?.writes ?? []);
    expect(Math.min(...writes)).toBeGreaterThan(0);
    expect(Math.max(...writes)).toBeLessThanOrEqual(6);
    expect(lines.every(({ ownMs, outcome }) => outcome === "unplayable" || (ownMs ?? 0) > 0)).toBe(true);
  });
});
