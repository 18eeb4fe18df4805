import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { AssetFacts } from "../../src/upstream/evidence.ts";
import { type ArchiveTimes, createArchiveReader } from "../../src/upstream/github-archives.ts";
import type { ArchiveProgress, ArchiveReading } from "../../src/upstream/port.ts";
import { endOfZip } from "../../src/upstream/zip-directory.ts";
import { loopback } from "../support/stage/loopback.ts";
import { program, zipOf } from "../support/zip.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const noise = (length: number) =>
  Buffer.from(Array.from({ length }, (_unused, at) => (at * 2_654_435_761) >>> 24)).toString("latin1");

const whole: Answer = (_request, response, bytes) => response.end(bytes);
/** As release-assets.githubusercontent.com does it. */
const inParts: Answer = (request, response, bytes) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  if (first === undefined || last === undefined) return whole(request, response, bytes);
  response.writeHead(206, { "content-range": `bytes ${first}-${last}/${bytes.length}` });
  response.end(bytes.subarray(Number(first), Number(last) + 1));
};

/** A server with these archives, and who reads them. Assets have GitHub's digest unless said. */
async function upstream(
  files: Readonly<Record<string, Buffer>>,
  { answer = inParts, times }: { readonly answer?: Answer; readonly times?: Partial<ArchiveTimes> } = {},
) {
  const { url, host, arrivals } = await loopback((request, response) => {
    const bytes = files[(request.url ?? "").slice(1)];
    if (bytes === undefined) response.writeHead(404).end();
    else answer(request, response, bytes);
  });
  const assets = Object.entries(files).map(
    ([name, bytes], index): AssetFacts => ({
      id: 100 + index,
      name,
      size: bytes.length,
      state: "uploaded",
      sha256: sha256(bytes),
      updatedAt: "2026-02-01T12:00:00Z",
      url: `${url}/${name}`,
    }),
  );
  const limits = { hosts: new Set([host]), protocols: new Set(["http:"]) };
  const read = createArchiveReader(limits, { one: 5_000, pause: 2_000, part: 2_000, all: 10_000, ...times });
  return {
    arrivals,
    assets,
    read: (
      reading: ArchiveReading,
      of: readonly AssetFacts[] = assets,
      onProgress?: (progress: ArchiveProgress) => void,
    ) => read(of, { reading, onProgress }),
  };
}

const undigested = (assets: readonly AssetFacts[]) => assets.map((asset) => ({ ...asset, sha256: null }));
const fine = { kind: "found", files: [program, "LICENSE"], nested: null, problems: [] };

describe("reading archives", () => {
  it("downloads nothing of archives whose digest GitHub has, unless somebody wants more", async () => {
    const { read, arrivals } = await upstream({ "a.zip": await zipOf() });
    for (const reading of ["none", "digest"] as const)
      expect(await read(reading)).toEqual({ downloaded: {}, contents: {} });
    expect(arrivals).toEqual([]);
  });

  it.each(["digest", "contents", "download"] as const)(
    "hashes what has no digest and looks into it (%s)",
    async (reading) => {
      const zip = await zipOf();
      const { read, assets, arrivals } = await upstream({ "a.zip": zip });
      expect(await read(reading, undigested(assets))).toEqual({
        downloaded: { "a.zip": { kind: "found", sha256: sha256(zip), size: zip.length } },
        contents: { "a.zip": fine },
      });
      expect(arrivals.map(({ headers }) => headers.range)).toEqual([undefined]);
      expect(await read("none", undigested(assets))).toEqual({ downloaded: {}, contents: {} });
    },
  );

  it("hashes everything where policy wants it", async () => {
    const zip = await zipOf();
    const { read } = await upstream({ "a.zip": zip });
    expect((await read("download")).downloaded).toEqual({
      "a.zip": { kind: "found", sha256: sha256(zip), size: zip.length },
    });
  });

  it("looks into a large archive by its last bytes", async () => {
    const zip = await zipOf([{ name: program, text: noise(2_000_000), stored: true }, { name: "LICENSE" }]);
    const { read, arrivals } = await upstream({ "a.zip": zip });
    expect(await read("contents")).toEqual({ downloaded: {}, contents: { "a.zip": fine } });
    expect(arrivals.map(({ headers }) => headers.range)).toEqual([`bytes=${zip.length - endOfZip}-${zip.length - 1}`]);
  });

  it("asks once more where the directory is longer than that", async () => {
    const docs = Array.from({ length: 900 }, (_unused, at) => ({
      name: `docs/${"long-".repeat(20)}${at}.md`,
      text: "x",
    }));
    const { read, arrivals } = await upstream({ "a.zip": await zipOf([{ name: program }, ...docs]) });
    expect((await read("contents")).contents).toMatchObject({
      "a.zip": { kind: "found", files: [program], problems: [] },
    });
    expect(arrivals).toHaveLength(2);
  });

  it("reads the whole from a server that gives no parts, and hashes it then", async () => {
    const zip = await zipOf([{ name: program, text: noise(3_000_000), stored: true }, { name: "LICENSE" }]);
    const { read } = await upstream({ "a.zip": zip }, { answer: whole });
    expect(await read("contents")).toEqual({
      downloaded: { "a.zip": { kind: "found", sha256: sha256(zip), size: zip.length } },
      contents: { "a.zip": fine },
    });
  });

  it("says what is no zip, and what no client could use", async () => {
    const { read } = await upstream({
      "a.zip": Buffer.from("no zip"),
      "b.zip": Buffer.alloc(0),
      "c.zip": await zipOf([{ name: "LICENSE" }]),
    });
    const { contents } = await read("contents");
    expect(contents["a.zip"]).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/^"a\.zip" is no archive/),
    });
    expect(contents["b.zip"]).toMatchObject({ kind: "missing" });
    expect(contents["c.zip"]).toMatchObject({ kind: "found", files: ["LICENSE"] });
  });

  it("waits for archives that are still being uploaded, and asks for none of another kind", async () => {
    const { read, assets, arrivals } = await upstream({ "a.zip": await zipOf() });
    expect(
      await read(
        "download",
        assets.map((asset) => ({ ...asset, state: "open" })),
      ),
    ).toEqual({ downloaded: {}, contents: {} });
    expect(arrivals).toEqual([]);
  });
});

describe("reading archives again", () => {
  it("asks once for what was read, also where two ask at the same time", async () => {
    const { read, assets, arrivals } = await upstream({ "a.zip": await zipOf() });
    const [one, two] = await Promise.all([read("download"), read("download")]);
    expect(two).toEqual(one);
    expect(await read("download")).toEqual(one);
    expect(arrivals).toHaveLength(1);
    // Uploaded again it is another asset.
    for (const change of [{ id: 7 }, { updatedAt: "2026-02-02T12:00:00Z" }]) {
      await read(
        "download",
        assets.map((asset) => ({ ...asset, ...change })),
      );
    }
    expect(arrivals).toHaveLength(3);
  });

  it("keeps nothing of what failed", async () => {
    let broken = true;
    const zip = await zipOf();
    const { read } = await upstream(
      { "a.zip": zip },
      {
        answer: (request, response, bytes) =>
          broken ? response.writeHead(503).end() : inParts(request, response, bytes),
      },
    );
    const failed = await read("contents");
    expect(failed.contents["a.zip"]).toMatchObject({ kind: "unavailable" });
    expect((await read("download")).downloaded["a.zip"]).toMatchObject({ kind: "unavailable" });
    broken = false;
    expect((await read("contents")).contents["a.zip"]).toEqual(fine);
  });
});

describe("when a server lies, dawdles or sends elsewhere", () => {
  it.each<[string, Answer, "unavailable" | "missing"]>([
    ["gives less than GitHub lists", (_request, response, bytes) => response.end(bytes.subarray(1)), "unavailable"],
    [
      "gives more than GitHub lists",
      (_request, response, bytes) => response.end(Buffer.concat([bytes, bytes])),
      "unavailable",
    ],
    [
      "breaks off",
      (_request, response, bytes) => {
        response.writeHead(200, { "content-length": bytes.length });
        response.write(bytes.subarray(0, 9));
        setTimeout(() => response.destroy(), 20);
      },
      "unavailable",
    ],
    ["has a fault", (_request, response) => response.writeHead(500).end(), "unavailable"],
    ["has lost it", (_request, response) => response.writeHead(404).end(), "missing"],
    [
      "sends to another host",
      (_request, response) => response.writeHead(302, { location: "http://elsewhere.test/a.zip" }).end(),
      "missing",
    ],
  ])("does not take it for the archive where it %s", async (_what, answer, kind) => {
    const { read } = await upstream({ "a.zip": await zipOf() }, { answer });
    const { downloaded, contents } = await read("download");
    expect(downloaded["a.zip"]).toMatchObject({ kind });
    expect(contents["a.zip"]).toMatchObject({ kind });
  });

  it("does not believe a part of a file of another size", async () => {
    const { read } = await upstream(
      { "a.zip": await zipOf() },
      {
        answer: (_request, response, bytes) =>
          response.writeHead(206, { "content-range": `bytes 0-${bytes.length - 1}/${bytes.length + 1}` }).end(bytes),
      },
    );
    expect((await read("contents")).contents["a.zip"]).toMatchObject({ kind: "unavailable" });
  });

  it("ends an endless archive", async () => {
    const { read } = await upstream(
      { "a.zip": await zipOf() },
      {
        answer: (_request, response) => {
          const more = () => {
            while (!response.destroyed && response.write(Buffer.alloc(65_536)));
            if (!response.destroyed) response.once("drain", more);
          };
          more();
        },
      },
    );
    expect((await read("download")).downloaded["a.zip"]).toMatchObject({
      kind: "unavailable",
      reason: expect.stringContaining("more came"),
    });
  });

  it("gives up what drips, and what is silent", async () => {
    const dripping: Answer = (_request, response, bytes) => {
      let at = 0;
      const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 50);
      response.once("close", () => clearInterval(timer));
    };
    const slow = await upstream({ "a.zip": await zipOf() }, { answer: dripping, times: { one: 400 } });
    expect((await slow.read("download")).downloaded["a.zip"]).toMatchObject({ kind: "unavailable" });
    const silent = await upstream({ "a.zip": await zipOf() }, { answer: () => undefined, times: { pause: 200 } });
    expect((await silent.read("download")).downloaded["a.zip"]).toMatchObject({ kind: "unavailable" });
  });

  it("leaves the rest for later when the time for all is over, and keeps what it has", async () => {
    const names = Array.from({ length: 6 }, (_unused, at) => `${at}.zip`);
    const zip = await zipOf();
    const { read, arrivals } = await upstream(Object.fromEntries(names.map((name) => [name, zip])), {
      answer: (_request, response, bytes) => setTimeout(() => response.end(bytes), 100),
      times: { all: 50 },
    });
    const kinds = async () => Object.values((await read("download")).downloaded).map(({ kind }) => kind);
    expect(await kinds()).toEqual(["found", "found", "found", "found", "unavailable", "unavailable"]);
    expect(await kinds()).toEqual(Array.from({ length: 6 }, () => "found"));
    expect(arrivals).toHaveLength(6);
  });

  it("refuses what GitHub itself would not take, without asking", async () => {
    const { read, assets, arrivals } = await upstream({ "a.zip": await zipOf() });
    const { downloaded } = await read(
      "download",
      assets.map((asset) => ({ ...asset, size: 2 ** 31 + 1 })),
    );
    expect(downloaded["a.zip"]).toMatchObject({ kind: "missing" });
    expect(arrivals).toEqual([]);
  });
});

it("reads four at a time, and tells how far it is", async () => {
  const names = Array.from({ length: 9 }, (_unused, at) => `${at}.zip`);
  const zip = await zipOf();
  let [now, most] = [0, 0];
  const { read } = await upstream(Object.fromEntries(names.map((name) => [name, zip])), {
    answer: (_request, response, bytes) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end(bytes);
      }, 30);
    },
  });
  const told: ArchiveProgress[] = [];
  await read("download", undefined, (progress) => told.push(progress));
  expect(most).toBe(4);
  const totalBytes = 9 * zip.length;
  expect(told.at(-1)).toEqual({ done: 9, total: 9, bytes: totalBytes, totalBytes });
  expect(told.every(({ total }) => total === 9)).toBe(true);
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));
});
