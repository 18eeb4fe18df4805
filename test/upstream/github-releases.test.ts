import { createHash } from "node:crypto";
import nock from "nock";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { buildProviderRelease, createSigner, type Signer } from "../../src/sandbox/author/index.ts";
import { githubReleases } from "../../src/upstream/github-releases.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";

const apiUrl = "https://api.github.test";
const serverUrl = "https://github.test";
const repository = "acme/terraform-provider-dns";
const repo = `/repos/${repository}`;
const tagCommit = "c".repeat(40);
const now = new Date("2026-03-01T12:00:00Z");
const sums = "terraform-provider-dns_1.2.0_SHA256SUMS";

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

let signer: Signer;
let files: readonly File[];

beforeAll(async () => {
  signer = await createSigner({ name: "acme", email: "releases@acme.example", date: new Date("2026-01-01T00:00:00Z") });
  const built = await buildProviderRelease({ type: "dns", version: "1.2.0", signer, platforms: ["linux_amd64"] });
  files = built.files;
});
beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const without = (part: string) => files.filter(({ name }) => !name.endsWith(part));

function assetOf({ name, bytes }: File, index: number) {
  return {
    id: 100 + index,
    name,
    size: bytes.length,
    state: "uploaded",
    digest: `sha256:${sha256(bytes)}` as string | null,
    updated_at: "2026-02-01T12:00:00Z",
    browser_download_url: `${serverUrl}/${repository}/releases/download/v1.2.0/${name}`,
  };
}

function releaseOf(assets: readonly object[]) {
  return {
    id: 42,
    tag_name: "v1.2.0",
    draft: false,
    prerelease: false,
    published_at: "2026-02-01T12:00:00Z",
    html_url: `${serverUrl}/${repository}/releases/tag/v1.2.0`,
    assets,
  };
}

const facts = {
  id: 7001,
  full_name: repository,
  owner: { id: 501 },
  private: false,
  created_at: "2024-01-01T00:00:00Z",
  license: { spdx_id: "MPL-2.0" },
};

const api = () => nock(apiUrl);
const answersRepository = () => api().get(repo).reply(200, facts);
const answersTag = () =>
  api()
    .get(`${repo}/git/ref/tags%2Fv1.2.0`)
    .reply(200, { ref: "refs/tags/v1.2.0", object: { type: "commit", sha: tagCommit } });
const answersRelease = (release: object) => {
  api().get(`${repo}/releases/tags/1.2.0`).optionally().reply(404, { message: "Not Found" });
  return api().get(`${repo}/releases/tags/v1.2.0`).reply(200, release);
};

/** Every download takes the two hops that GitHub's take. */
function answersDownloads(list: readonly File[] = files) {
  for (const { name, bytes } of list) {
    nock(serverUrl)
      .get(`/${repository}/releases/download/v1.2.0/${name}`)
      .optionally()
      .reply(302, undefined, { location: `https://release-assets.github.test/${name}` });
    nock("https://release-assets.github.test").get(`/${name}`).optionally().reply(200, Buffer.from(bytes));
  }
}

function answersAll(list: readonly File[] = files, change: (asset: ReturnType<typeof assetOf>) => object = (a) => a) {
  answersRepository();
  answersTag();
  answersRelease(releaseOf(list.map((file, index) => change(assetOf(file, index)))));
  answersDownloads(list);
}

function upstream() {
  const client = (token: string | null) => createClient({ apiUrl, token: async () => token, writeSpacingMs: 0 });
  return githubReleases({
    client: client("ghs_1"),
    anonymous: client(null),
    limits: { hosts: new Set(["github.test", "release-assets.github.test"]), protocols: new Set(["https:"]) },
  });
}

const readEvidence = async (wish: Partial<Parameters<ReturnType<typeof upstream>["readProviderEvidence"]>[0]> = {}) =>
  upstream().readProviderEvidence({
    address: { kind: "provider", namespace: "acme", type: "dns" },
    repository,
    version: "1.2.0",
    keys: await readKeys([{ path: "keys/acme/acme.asc", text: signer.publicKey }]),
    now,
    ...wish,
  });

describe("readProviderEvidence", () => {
  it("reads a whole release, and what its signature is worth", async () => {
    answersAll();
    const evidence = await readEvidence();
    expect(evidence).toMatchObject({
      readAt: now.toISOString(),
      asked: repository,
      version: "1.2.0",
      repository: { kind: "found", id: 7001, ownerId: 501, fullName: repository, private: false, license: "MPL-2.0" },
      release: { kind: "found", id: 42, tag: "v1.2.0", immutable: false, publishedAt: "2026-02-01T12:00:00Z" },
      tagCommit: { kind: "found", sha: tagCommit },
      sums: { kind: "found", name: sums },
      signature: { kind: "found", name: `${sums}.sig` },
      manifest: { kind: "found", name: "terraform-provider-dns_1.2.0_manifest.json", protocols: ["5.0"] },
      downloaded: {},
      signatureReport: { accepted: true, verifiedBy: { fingerprint: signer.fingerprint } },
    });
    const sumsFile = files.find(({ name }) => name === sums);
    expect(evidence.sums).toMatchObject({ sha256: sha256(sumsFile?.bytes ?? new Uint8Array()) });
    // Plain data: what is kept and compared is what JSON says.
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });

  it("asks for the tag that the record names, and for no other", async () => {
    answersAll();
    expect((await readEvidence({ tag: "v1.2.0" })).release.kind).toBe("found");
    answersRepository();
    api().get(`${repo}/releases/tags/nightly`).reply(404, { message: "Not Found" });
    expect((await readEvidence({ tag: "nightly" })).release).toEqual({
      kind: "missing",
      reason: `The repository "${repository}" has no published release with the tag "nightly".`,
    });
  });

  it("takes the tag that the record names of two, and tells the other", async () => {
    const release = (tag_name: string) => ({ ...releaseOf(files.map(assetOf)), tag_name });
    for (const [recorded, taken, other] of [
      [undefined, "v1.2.0", "1.2.0"],
      ["v1.2.0", "v1.2.0", "1.2.0"],
      ["1.2.0", "1.2.0", "v1.2.0"],
    ] as const) {
      answersRepository();
      for (const tag of [taken, other]) api().get(`${repo}/releases/tags/${tag}`).reply(200, release(tag));
      api()
        .get(`${repo}/git/ref/tags%2F${taken}`)
        .reply(200, { object: { type: "commit", sha: tagCommit } });
      answersDownloads();
      const evidence = await readEvidence(recorded === undefined ? {} : { tag: recorded });
      expect(evidence).toMatchObject({ release: { tag: taken }, twin: { kind: "found", tag: other } });
      nock.cleanAll();
    }
  });

  it("does not take a twin that it cannot read for none", async () => {
    answersRepository();
    answersTag();
    api()
      .get(`${repo}/releases/tags/v1.2.0`)
      .reply(200, releaseOf(files.map(assetOf)));
    api().get(`${repo}/releases/tags/1.2.0`).times(2).reply(502, {});
    answersDownloads();
    expect(await readEvidence()).toMatchObject({ release: { kind: "found" }, twin: { kind: "unavailable" } });
  });

  it("asks what other names lead to, and nothing where that is plain", async () => {
    answersAll();
    api()
      .get("/repos/old/name")
      .reply(301, {}, { location: `${apiUrl}/repositories/7001` });
    api().get("/repositories/7001").reply(200, facts);
    const evidence = await readEvidence({ names: ["old/name", repository.toUpperCase()] });
    expect(evidence.names).toEqual({ "old/name": expect.objectContaining({ kind: "found", id: 7001 }) });
    expect(nock.pendingMocks().filter((mock) => !mock.includes("1.2.0"))).toEqual([]);
  });

  it("does not ask for the repository again that somebody knows", async () => {
    answersAll();
    const known = await upstream().readRepository(repository);
    answersTag();
    const evidence = await readEvidence({ facts: async () => known });
    expect(evidence).toMatchObject({ repository: { id: 7001 }, release: { kind: "found" } });
  });

  it("falls back to the tag without v", async () => {
    answersRepository();
    const tag_name = "1.2.0";
    const release = { ...releaseOf(files.map(assetOf)), tag_name };
    api().get(`${repo}/releases/tags/v1.2.0`).reply(404, { message: "Not Found" });
    api().get(`${repo}/releases/tags/1.2.0`).reply(200, release);
    api()
      .get(`${repo}/git/ref/tags%2F1.2.0`)
      .reply(200, { object: { type: "commit", sha: tagCommit } });
    answersDownloads();
    expect((await readEvidence()).release).toMatchObject({ kind: "found", tag: tag_name });
  });

  it("without a release everything else is missing, with the same reason", async () => {
    answersRepository();
    api().get(`${repo}/releases/tags/v1.2.0`).reply(404, {}).get(`${repo}/releases/tags/1.2.0`).reply(404, {});
    const reason = `The repository "${repository}" has no published release with the tag "v1.2.0" or "1.2.0".`;
    expect(await readEvidence()).toMatchObject({
      repository: { kind: "found" },
      release: { kind: "missing", reason },
      tagCommit: { kind: "missing", reason },
      sums: { kind: "missing", reason },
      signature: { kind: "missing", reason },
      manifest: { kind: "missing", reason },
      signatureReport: null,
    });
  });

  it("takes a draft for no release", async () => {
    answersRepository();
    answersRelease({ ...releaseOf([]), draft: true, published_at: null });
    api().get(`${repo}/releases/tags/1.2.0`).reply(404, {});
    expect((await readEvidence()).release.kind).toBe("missing");
  });

  it.each([
    ["sums", "_SHA256SUMS", { sums: "missing", signature: "found", report: false }],
    ["signature", ".sig", { sums: "found", signature: "missing", report: false }],
  ])("says that a release has no %s, and reads the rest", async (_what, part, expected) => {
    answersAll(without(part));
    const { sums: sumsRead, signature, manifest, signatureReport } = await readEvidence();
    expect({ sums: sumsRead.kind, signature: signature.kind, report: signatureReport !== null }).toEqual(expected);
    expect(manifest.kind).toBe("found");
    const missing = [sumsRead, signature].find(({ kind }) => kind === "missing");
    expect(missing).toMatchObject({ reason: expect.stringContaining(part) });
  });

  it("without a manifest a provider speaks protocol 5.0, as every registry says", async () => {
    answersAll(without("_manifest.json"));
    expect((await readEvidence()).manifest).toEqual({ kind: "found", name: null, protocols: ["5.0"] });
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no protocols", '{"metadata":{"protocol_versions":[]}}'],
    ["protocols that are none", '{"metadata":{"protocol_versions":["five"]}}'],
    ["protocols that are numbers", '{"metadata":{"protocol_versions":[5.0]}}'],
  ])("a manifest with %s is missing and says what it must list", async (_what, text) => {
    const broken = files.map((file) =>
      file.name.endsWith("_manifest.json") ? { ...file, bytes: Buffer.from(text) } : file,
    );
    answersAll(broken);
    expect((await readEvidence()).manifest).toMatchObject({
      kind: "missing",
      reason: expect.stringContaining('"metadata.protocol_versions" must list protocols such as "5.0"'),
    });
  });

  it("takes sums with v in their name, and the manifest and signature of the same name", async () => {
    const withV = files.map((file) => ({ ...file, name: file.name.replace("_1.2.0_", "_v1.2.0_") }));
    answersAll(withV);
    expect(await readEvidence()).toMatchObject({
      sums: { kind: "found", name: "terraform-provider-dns_v1.2.0_SHA256SUMS" },
      signature: { kind: "found" },
      manifest: { kind: "found", name: "terraform-provider-dns_v1.2.0_manifest.json" },
    });
  });

  it.each(["open", "starter", "new"])("an asset in state %s is not there yet, rather than missing", async (state) => {
    answersAll(files, (asset) => (asset.name.endsWith("SHA256SUMS") ? { ...asset, state } : asset));
    const { sums: read, signature, release } = await readEvidence();
    expect(read).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("still being uploaded") });
    expect(signature.kind).toBe("found");
    expect(release).toMatchObject({ assets: expect.arrayContaining([expect.objectContaining({ name: sums, state })]) });
  });

  it("refuses sums that are too large to be sums", async () => {
    const large = files.map((file) =>
      file.name === sums ? { ...file, bytes: Buffer.alloc(256 * 1024 + 1, "a") } : file,
    );
    answersAll(large);
    expect((await readEvidence()).sums).toMatchObject({
      kind: "missing",
      reason: expect.stringContaining("more than 262144 bytes"),
    });
  });

  it("never goes where a release sends it", async () => {
    const elsewhere = nock("https://elsewhere.test").get("/sums").reply(200, "sums");
    answersAll(files, (asset) =>
      asset.name === sums ? { ...asset, browser_download_url: "https://elsewhere.test/sums" } : asset,
    );
    expect((await readEvidence()).sums).toMatchObject({
      kind: "missing",
      reason: expect.stringContaining("Not downloading from"),
    });
    expect(elsewhere.isDone()).toBe(false);
  });

  it("marks an immutable release", async () => {
    answersRepository();
    answersTag();
    answersRelease({ ...releaseOf(files.map(assetOf)), immutable: true });
    answersDownloads();
    expect((await readEvidence()).release).toMatchObject({ immutable: true });
  });
});

describe("when GitHub has no digest of an archive", () => {
  const archive = "terraform-provider-dns_1.2.0_linux_amd64.zip";

  it("downloads and hashes that archive, and no other file", async () => {
    answersAll(files, (asset) => ({ ...asset, digest: null }));
    const { downloaded } = await readEvidence();
    const bytes = files.find(({ name }) => name === archive)?.bytes ?? new Uint8Array();
    expect(downloaded).toEqual({ [archive]: { kind: "found", sha256: sha256(bytes), size: bytes.length } });
  });

  it.each(["sha512:abc", "sha256:ABC", `sha256:${"A".repeat(64)}`, ""])(
    "or a digest of another form: %j",
    async (digest) => {
      answersAll(files, (asset) => (asset.name === archive ? { ...asset, digest } : asset));
      expect(Object.keys((await readEvidence()).downloaded)).toEqual([archive]);
    },
  );

  it("leaves it where it is for who asks of the sums alone", async () => {
    answersAll(files, (asset) => ({ ...asset, digest: null }));
    const { sums, downloaded } = await readEvidence({ archives: "none" });
    expect({ sums: sums.kind, downloaded }).toEqual({ sums: "found", downloaded: {} });
  });

  it("does not take an archive for missing that it cannot download now", async () => {
    answersRepository();
    answersTag();
    answersRelease(releaseOf(files.map((file, index) => ({ ...assetOf(file, index), digest: null }))));
    nock(serverUrl).get(`/${repository}/releases/download/v1.2.0/${archive}`).reply(503);
    answersDownloads(files.filter(({ name }) => name !== archive));
    expect((await readEvidence()).downloaded).toMatchObject({ [archive]: { kind: "unavailable" } });
  });
});

describe("tags", () => {
  const evidenceWithTag = async (answers: () => void) => {
    answersRepository();
    answersRelease(releaseOf(files.map(assetOf)));
    answersDownloads();
    answers();
    return (await readEvidence()).tagCommit;
  };
  const ref = (object: object) => api().get(`${repo}/git/ref/tags%2Fv1.2.0`).reply(200, { object });
  const tagObject = (sha: string, object: object) => api().get(`${repo}/git/tags/${sha}`).reply(200, { object });

  it("follows an annotated tag, and a tag of a tag, to the commit", async () => {
    const found = await evidenceWithTag(() => {
      ref({ type: "tag", sha: "a1" });
      tagObject("a1", { type: "tag", sha: "a2" });
      tagObject("a2", { type: "commit", sha: tagCommit });
    });
    expect(found).toEqual({ kind: "found", sha: tagCommit });
  });

  it("does not follow tags in a circle", async () => {
    const found = await evidenceWithTag(() => {
      ref({ type: "tag", sha: "a1" });
      api()
        .get(`${repo}/git/tags/a1`)
        .times(10)
        .reply(200, { object: { type: "tag", sha: "a1" } });
    });
    expect(found).toEqual({ kind: "missing", reason: 'The tag "v1.2.0" names no commit.' });
  });

  it("takes a tag of a tree for no commit", async () => {
    expect((await evidenceWithTag(() => ref({ type: "tree", sha: "t1" }))).kind).toBe("missing");
  });

  it("is missing where the tag is gone and unavailable where GitHub has a fault", async () => {
    const gone = () => api().get(`${repo}/git/ref/tags%2Fv1.2.0`).reply(404, {});
    const fault = () => api().get(`${repo}/git/ref/tags%2Fv1.2.0`).times(2).reply(502, {});
    expect((await evidenceWithTag(gone)).kind).toBe("missing");
    nock.cleanAll();
    expect((await evidenceWithTag(fault)).kind).toBe("unavailable");
  });
});

describe("a release with many assets", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      assetOf({ name: `extra-${index}.txt`, bytes: Buffer.from("x") }, index),
    );

  it("lists them on their own from 30 on, since GitHub may cut the list inside a release", async () => {
    answersRepository();
    answersTag();
    answersRelease(releaseOf(many(30)));
    const all = [...many(117), ...files.map((file, index) => assetOf(file, 500 + index))];
    const list = `${repo}/releases/42/assets`;
    api()
      .get(`${list}?per_page=100`)
      .reply(200, all.slice(0, 100), { link: `<${apiUrl}${list}?per_page=100&page=2>; rel="next"` })
      .get(`${list}?per_page=100&page=2`)
      .reply(200, all.slice(100));
    answersDownloads();
    const { release, sums: read } = await readEvidence();
    expect(release).toMatchObject({ kind: "found" });
    if (release.kind === "found") expect(release.assets).toHaveLength(all.length);
    expect(read.kind).toBe("found");
  });

  it("is unavailable, not without sums, when that list cannot be read", async () => {
    answersRepository();
    answersRelease(releaseOf(many(30)));
    api().get(`${repo}/releases/42/assets?per_page=100`).times(2).reply(500, {});
    expect(await readEvidence()).toMatchObject({ release: { kind: "unavailable" }, sums: { kind: "unavailable" } });
  });
});

describe("when GitHub does not show things", () => {
  it("asks without a token where an organisation's IP allow list refuses every token", async () => {
    const refusal = {
      message:
        "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
    };
    const refuses = (path: string) =>
      nock(apiUrl, { reqheaders: { authorization: "token ghs_1" } })
        .get(path)
        .reply(403, refusal);
    const gives = (path: string, body: object) =>
      nock(apiUrl, { badheaders: ["authorization"] })
        .get(path)
        .reply(200, body);
    for (const [path, body] of [
      [repo, facts],
      [`${repo}/releases/tags/v1.2.0`, releaseOf(files.map(assetOf))],
      [`${repo}/git/ref/tags%2Fv1.2.0`, { object: { type: "commit", sha: tagCommit } }],
    ] as const) {
      refuses(path);
      gives(path, body);
    }
    answersDownloads();
    expect(await readEvidence()).toMatchObject({
      repository: { kind: "found", id: 7001 },
      release: { kind: "found" },
      tagCommit: { kind: "found" },
      signatureReport: { accepted: true },
    });
  });

  it("any other 403 is unavailable, and asked with the token alone", async () => {
    nock(apiUrl, { reqheaders: { authorization: "token ghs_1" } })
      .get(repo)
      .reply(403, { message: "Resource not accessible by integration" });
    expect(await upstream().readRepository(repository)).toMatchObject({ kind: "unavailable" });
  });

  it("says of a private repository what it says of none: it does not exist or is not public", async () => {
    api().get(repo).reply(404, { message: "Not Found" });
    const read = await upstream().readRepository(repository);
    expect(read).toEqual({
      kind: "missing",
      reason: `The repository "${repository}" does not exist or is not public.`,
    });
  });

  it("tells nothing of a private repository, whatever the token sees", async () => {
    answersTag();
    answersRelease(releaseOf(files.map(assetOf)));
    answersDownloads();
    api()
      .get(repo)
      .reply(200, { ...facts, private: true });
    const nothing = { kind: "missing", reason: `The repository "${repository}" does not exist or is not public.` };
    expect(await readEvidence()).toMatchObject({
      ...{ repository: nothing, release: nothing, tagCommit: nothing },
      ...{ sums: nothing, signature: nothing, manifest: nothing, downloaded: {}, signatureReport: null },
    });
  });

  it.each(["Repository access blocked", "This repository has been disabled."])(
    "takes what GitHub has closed (%j) for gone, not for a fault that passes",
    async (message) => {
      api().get(repo).reply(403, { message });
      expect((await upstream().readRepository(repository)).kind).toBe("missing");
    },
  );

  it("follows a renamed repository and says its new name", async () => {
    const moved = { message: "Moved Permanently" };
    const to = (rest = "") => ({ location: `${apiUrl}/repositories/7001${rest}` });
    const rest = ["/releases/tags/v1.2.0", "/git/ref/tags%2Fv1.2.0"] as const;
    api().get(repo).reply(301, moved, to());
    for (const path of rest) api().get(`${repo}${path}`).reply(301, moved, to(path));
    api()
      .get("/repositories/7001")
      .reply(200, { ...facts, full_name: "acme/terraform-provider-names" })
      .get(`/repositories/7001${rest[0]}`)
      .reply(200, releaseOf(files.map(assetOf)))
      .get(`/repositories/7001${rest[1]}`)
      .reply(200, { object: { type: "commit", sha: tagCommit } });
    answersDownloads();
    expect(await readEvidence()).toMatchObject({
      asked: repository,
      repository: { kind: "found", id: 7001, fullName: "acme/terraform-provider-names" },
      release: { kind: "found" },
    });
  });

  it.each([410, 451])("takes %i for missing", async (status) => {
    api().get(repo).reply(status, { message: "Repository access blocked" });
    expect((await upstream().readRepository(repository)).kind).toBe("missing");
  });

  it.each([
    [500, {}],
    [502, {}],
    [503, {}],
    [401, {}],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800" }],
    [429, { "retry-after": "60" }],
  ])("%i is unavailable, never missing", async (status, headers) => {
    api().get(/.*/).times(20).reply(status, { message: "No" }, headers);
    const { repository: read, release, sums: sumsRead, tagCommit: tag } = await readEvidence();
    for (const part of [read, release, sumsRead, tag]) expect(part.kind).toBe("unavailable");
    expect((await upstream().listReleases(repository)).kind).toBe("unavailable");
    if (status === 429 && read.kind === "unavailable") {
      expect(Math.abs(Date.parse(read.retryAt ?? "") - Date.now() - 60_000)).toBeLessThan(5_000);
    }
    if (status === 403 && read.kind === "unavailable") expect(read.retryAt).toBe("2100-01-01T00:00:00.000Z");
  });

  it("a download that answers 5xx is unavailable, one that answers 404 is missing", async () => {
    for (const [status, kind] of [
      [503, "unavailable"],
      [404, "missing"],
    ] as const) {
      answersRepository();
      answersTag();
      answersRelease(releaseOf(files.map(assetOf)));
      nock(serverUrl).get(`/${repository}/releases/download/v1.2.0/${sums}`).reply(status);
      answersDownloads(files.filter(({ name }) => name !== sums));
      expect((await readEvidence()).sums.kind).toBe(kind);
      nock.cleanAll();
    }
  });
});

describe("listReleases", () => {
  const summary = (index: number, more: object = {}) => ({
    id: index,
    tag_name: `v1.${index}.0`,
    draft: false,
    prerelease: index % 2 === 1,
    published_at: "2026-02-01T12:00:00Z",
    ...more,
  });
  const page = (number: number, releases: readonly object[]) =>
    api().get(`${repo}/releases?per_page=100&page=${number}`).reply(200, releases);

  it("reads page after page until one is not full", async () => {
    const all = Array.from({ length: 130 }, (_, index) => summary(index));
    page(1, all.slice(0, 100));
    page(2, all.slice(100));
    const read = await upstream().listReleases(repository);
    expect(read).toMatchObject({ kind: "found", complete: true });
    if (read.kind === "found") {
      expect(read.releases).toHaveLength(130);
      expect(read.releases[1]).toEqual({
        id: 1,
        tag: "v1.1.0",
        prerelease: true,
        publishedAt: "2026-02-01T12:00:00Z",
      });
    }
  });

  it("leaves drafts out", async () => {
    page(1, [summary(1, { draft: true, published_at: null }), summary(2), summary(3, { published_at: null })]);
    expect(await upstream().listReleases(repository)).toMatchObject({ releases: [{ id: 2 }] });
  });

  it("is unavailable as a whole when a later page is: a part is not all there is", async () => {
    page(
      1,
      Array.from({ length: 100 }, (_, index) => summary(index)),
    );
    api().get(`${repo}/releases?per_page=100&page=2`).times(2).reply(502, {});
    expect((await upstream().listReleases(repository)).kind).toBe("unavailable");
  });

  it("does not ask for what GitHub does not list: more than 1,000", async () => {
    for (let number = 1; number <= 11; number += 1) {
      page(
        number,
        Array.from({ length: 100 }, (_, index) => summary(number * 100 + index)),
      );
    }
    const read = await upstream().listReleases(repository);
    expect(read.kind === "found" && read.releases.length).toBe(1_000);
    expect(read).toMatchObject({ complete: false });
    expect(nock.pendingMocks()).toHaveLength(1);
  });
});
