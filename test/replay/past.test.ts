import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/registry/json.ts";
import type { Bump, BumpFile } from "../../src/replay/bump.ts";
import { Past } from "../../src/replay/past.ts";

const path = "providers/acme/dns.json";
const entry = (version: string, mark = "a"): JsonObject => ({
  version,
  targets: [{ filename: `dns_${version}.zip`, mark }],
});
const bump = (...files: Partial<BumpFile>[]): Bump => ({
  commit: "c",
  date: null,
  files: files.map((file) => ({
    ...{ path, status: "M", repository: null, had: null, has: null, added: [], removed: [], changed: [] },
    ...file,
  })),
});
const record = (...versions: JsonObject[]): JsonObject => ({ repository: "https://github.com/acme/x", versions });

async function undoAll(bumps: readonly Bump[], newest: JsonObject | null) {
  const past = new Past(bumps, async () => newest);
  const states = [];
  for (const index of bumps.keys()) {
    const [state] = await past.undo(index);
    const versions = (side: JsonObject | null | undefined) =>
      side?.versions === undefined ? null : (side.versions as readonly JsonObject[]).map(({ version }) => version);
    states.push({ before: versions(state?.before), after: versions(state?.after), state });
  }
  return states;
}

describe("Past", () => {
  it("takes away what bump after bump added, newest first", async () => {
    const bumps = [
      bump({ added: [entry("1.2.0")], had: 2, has: 3 }),
      bump({ added: [entry("1.1.0")], had: 1, has: 2 }),
      bump({ status: "A", added: [entry("1.0.0")], had: 0, has: 1 }),
    ];
    const states = await undoAll(bumps, record(entry("1.2.0"), entry("1.1.0"), entry("1.0.0")));
    expect(states).toMatchObject([
      { before: ["1.1.0", "1.0.0"], after: ["1.2.0", "1.1.0", "1.0.0"] },
      { before: ["1.0.0"], after: ["1.1.0", "1.0.0"] },
      { before: null, after: ["1.0.0"] },
    ]);
    expect(states[0]?.state?.before?.repository).toBe("https://github.com/acme/x");
    expect(states[0]?.state?.proposed).toEqual([entry("1.2.0")]);
  });

  it("knows by the counts that something was added of which no bump tells", async () => {
    const [state] = await undoAll(
      [bump({ added: [entry("1.10.0")], had: 1, has: 2 })],
      record(entry("2.0.0"), entry("1.11.0"), entry("1.10.0"), entry("1.9.0")),
    );
    expect(state).toMatchObject({ before: ["1.9.0"], after: ["1.10.0", "1.9.0"] });
  });

  it("has the versions of its own time where they were rewritten or went later", async () => {
    const [rewritten] = await undoAll([bump({ added: [entry("1.1.0", "old")] })], record(entry("1.1.0", "new")));
    expect(rewritten?.state?.after?.versions).toEqual([entry("1.1.0", "old")]);
    const [gone] = await undoAll([bump({ added: [entry("1.1.0")], had: 1, has: 2 })], record(entry("1.0.0")));
    expect(gone).toMatchObject({ before: ["1.0.0"], after: ["1.1.0", "1.0.0"] });
  });

  it("gives a rewritten version its old form back", async () => {
    const change = { before: entry("1.0.0", "old"), after: entry("1.0.0", "new") };
    const [state] = await undoAll([bump({ changed: [change] })], record(entry("1.0.0", "new")));
    expect(state?.state).toMatchObject({
      before: { versions: [change.before] },
      after: { versions: [change.after] },
      proposed: [change.after],
    });
  });

  it("gives a removed version back as an older bump brought it, else after its neighbour", async () => {
    const removal = bump({ removed: ["1.1.0"], had: 2, has: 1 });
    const [known] = await undoAll([removal, bump({ added: [entry("1.1.0", "b")] })], record(entry("1.0.0")));
    expect(known?.state?.before?.versions).toEqual([entry("1.1.0", "b"), entry("1.0.0")]);
    const [rebuilt] = await undoAll([removal], record(entry("1.0.0")));
    expect(rebuilt?.state?.before?.versions).toEqual([
      {
        version: "1.1.0",
        targets: [{ filename: "dns_1.1.0.zip", mark: "a", shasum: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
      entry("1.0.0"),
    ]);
  });

  it("keeps one of two equal versions where only one was added", async () => {
    const [state] = await undoAll(
      [bump({ added: [entry("1.0.0")], had: 1, has: 2 })],
      record(entry("1.0.0"), entry("1.0.0")),
    );
    expect(state).toMatchObject({ before: ["1.0.0"], after: ["1.0.0", "1.0.0"] });
  });

  it("makes something up for a record of which nothing is left", async () => {
    const [state] = await undoAll([bump({ added: [entry("1.0.0")], had: 4, has: 5 })], null);
    expect(state).toMatchObject({ before: ["0.0.1"], after: ["1.0.0", "0.0.1"] });
    const [removed] = await undoAll([bump({ status: "D", removed: ["1.0.0"] })], null);
    expect(removed).toMatchObject({ before: ["1.0.0"], after: null });
  });
});
