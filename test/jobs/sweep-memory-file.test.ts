import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sweepMemoryFile } from "../../src/jobs/sweep-memory-file.ts";
import type { SweepState } from "../../src/tasks/sweep.ts";

const nothing: SweepState = { sweptAt: null, records: {} };
const dns = "providers/acme/dns.json";
const memory = {
  glancedAt: "2026-03-01T12:00:00.000Z",
  total: 3,
  comparedAt: null,
  tried: { "1.2.0": { times: 2, next: "2026-03-01T18:00:00.000Z" }, "1.1.0": { times: 6, next: null } },
};
const state: SweepState = { sweptAt: "2026-03-01T12:00:05.000Z", records: { [dns]: memory } };

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-memory-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What is read where the file holds this. */
async function readingOf(content: unknown): Promise<SweepState> {
  const path = join(await aFolder(), "sweep.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return sweepMemoryFile(path).read();
}

describe("sweepMemoryFile", () => {
  it("remembers what was written, for the next process too", async () => {
    const path = join(await aFolder(), "sweep.json");
    await sweepMemoryFile(path).write(state);
    expect(await sweepMemoryFile(path).read()).toMatchObject(state);
  });

  it("makes the folder that it needs, and leaves nothing else there", async () => {
    const folder = join(await aFolder(), "data", "of", "registrar");
    const store = sweepMemoryFile(join(folder, "sweep.json"));
    expect(await store.read()).toEqual(nothing);
    await store.write(state);
    await store.write({ ...state, sweptAt: null });
    expect(await readdir(folder)).toEqual(["sweep.json"]);
    expect(await store.read()).toMatchObject({ sweptAt: null, records: { [dns]: memory } });
  });

  it.each([
    ["empty", ""],
    ["cut off", JSON.stringify({ form: 1, ...state }).slice(0, -9)],
    ["no JSON", "glancedAt: now"],
    ["a list", [state]],
    ["null", null],
    ["of another form", { form: 2, ...state }],
    ["of no form", state],
    ["without records", { form: 1, sweptAt: state.sweptAt }],
    ["with records that are a list", { form: 1, sweptAt: null, records: [memory] }],
  ])("a file that is %s is as good as none", async (_what, content) => {
    expect(await readingOf(content)).toEqual(nothing);
  });

  it.each([
    ["null", null],
    ["a number", 5],
    ["without tries", { ...memory, tried: undefined }],
    ["with tries that are a list", { ...memory, tried: [1] }],
    ["with a try that is null", { ...memory, tried: { "1.2.0": null } }],
    ["with a try without a time", { ...memory, tried: { "1.2.0": { times: 1 } } }],
    ["with a total that is a text", { ...memory, total: "3" }],
    ["never glanced at", { ...memory, glancedAt: null }],
  ])("a record whose memory is %s is forgotten, and no other", async (_what, damaged) => {
    const read = await readingOf({ form: 1, sweptAt: "x", records: { "providers/a/b.json": damaged, [dns]: memory } });
    expect(read).toEqual({ sweptAt: "x", records: { [dns]: memory } });
  });

  it("takes a time of the last sweep that is no text for none", async () => {
    expect(await readingOf({ form: 1, sweptAt: 5, records: {} })).toEqual(nothing);
  });

  it("a folder in its place is as good as an empty file when read, and an error that names it when written", async () => {
    const path = join(await aFolder(), "sweep.json");
    await mkdir(path);
    expect(await sweepMemoryFile(path).read()).toEqual(nothing);
    await expect(sweepMemoryFile(path).write(state)).rejects.toThrow(path);
  });

  it("a write that fails leaves what was there", async () => {
    const folder = await aFolder();
    const path = join(folder, "sweep.json");
    await sweepMemoryFile(path).write(state);
    const before = await readFile(path, "utf8");
    // A folder where the new text would go first: also root cannot write a file there.
    await mkdir(`${path}.${process.pid}`);
    await expect(sweepMemoryFile(path).write(nothing)).rejects.toThrow();
    expect(await readFile(path, "utf8")).toBe(before);
  });
});
