import { createHash } from "node:crypto";
import { type Address, type ProviderAddress, parseAddress } from "../../../src/registry/address.ts";
import { buildVersion } from "../../../src/upstream/build-version.ts";
import type { AssetFacts, FileFacts, ProviderEvidence, Reading, ReleaseFacts } from "../../../src/upstream/evidence.ts";
import type { SignatureReport } from "../../../src/upstream/signature.ts";

/** The one key that the registries of these tests know. */
export const registeredKey = "A1".repeat(20);
/** Ids of every upstream repository and its owner. */
export const upstreamIds = { repository_id: 7001, owner_id: 501 } as const;
/** When reviews of these tests take place: long after every release has settled. */
export const reviewedAt = "2026-03-01T12:00:00.000Z";
export const releasedAt = "2026-02-01T12:00:00Z";

export type Json = Record<string, unknown>;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
export const unavailable = { kind: "unavailable", reason: "GitHub did not answer.", retryAt: null } as const;
export const missing = (reason = "GitHub has nothing there.") => ({ kind: "missing", reason }) as const;

/** An author's release: what is read of it (`evidence`) and the entry that a right bump adds (`entry`). */
export interface Release {
  readonly address: ProviderAddress;
  readonly version: string;
  readonly evidence: ProviderEvidence;
  readonly entry: Json;
  /** Replaces whole parts of the evidence. */
  with(parts: Partial<ProviderEvidence>): Release;
  withRelease(facts: Partial<ReleaseFacts>): Release;
  /** Rewrites SHA256SUMS; its digest and size follow. */
  withSums(edit: (text: string) => string): Release;
  withSignature(report: Partial<SignatureReport>): Release;
  /** Changes one asset, found by a part of its name; null removes it. */
  withAsset(part: string, facts: Partial<AssetFacts> | null): Release;
  /** One more asset, which the sums do not name. */
  withExtraAsset(name: string): Release;
  withProtocols(...protocols: readonly string[]): Release;
}

interface Options {
  readonly of?: string;
  readonly platforms?: readonly string[];
}

/** A signed, settled release of a provider (default acme/dns), in which everything fits together. */
export function release(
  version: string,
  { of = "acme/dns", platforms = ["linux_amd64", "darwin_arm64"] }: Options = {},
) {
  const address = parseAddress(of) as ProviderAddress;
  const bare = version.replace(/^v/, "");
  const repository = `${address.namespace}/terraform-provider-${address.type}`;
  const base = `terraform-provider-${address.type}_${bare}`;
  const archives = platforms.map((platform) => `${base}_${platform}.zip`);
  const sumsText = archives.map((name) => `${sha256(name)}  ${name}\n`).join("");
  const download = (name: string) => `https://github.com/${repository}/releases/download/v${bare}/${name}`;
  const asset = (name: string, digest: string): AssetFacts => ({
    id: 1,
    name,
    size: 1000,
    state: "uploaded",
    sha256: digest,
    updatedAt: releasedAt,
    url: download(name),
  });
  const file = (name: string, bytes: string): Reading<FileFacts> => ({
    kind: "found",
    name,
    url: download(name),
    sha256: sha256(bytes),
    size: bytes.length,
    base64: Buffer.from(bytes).toString("base64"),
  });
  const sumsName = `${base}_SHA256SUMS`;
  const evidence: ProviderEvidence = {
    kind: "provider",
    readAt: reviewedAt,
    asked: repository,
    version: bare,
    repository: {
      kind: "found",
      id: upstreamIds.repository_id,
      ownerId: upstreamIds.owner_id,
      fullName: repository,
      private: false,
      createdAt: "2020-01-01T00:00:00Z",
      license: "MPL-2.0",
    },
    release: {
      kind: "found",
      id: 9000,
      tag: `v${bare}`,
      prerelease: bare.includes("-"),
      immutable: false,
      publishedAt: releasedAt,
      url: `https://github.com/${repository}/releases/tag/v${bare}`,
      assets: [
        ...archives.map((name) => asset(name, sha256(name))),
        asset(sumsName, sha256(sumsText)),
        asset(`${sumsName}.sig`, sha256("signature")),
      ],
    },
    tagCommit: { kind: "found", sha: "c0".repeat(20) },
    sums: file(sumsName, sumsText),
    signature: file(`${sumsName}.sig`, "signature"),
    manifest: { kind: "found", name: `${base}_manifest.json`, protocols: ["5.0", "6.0"] },
    downloaded: {},
    signatureReport: goodSignature,
  };
  return releaseOf(address, evidence);
}

export const goodSignature: SignatureReport = {
  accepted: true,
  problem: null,
  verifiedBy: { path: "keys/acme/releases.asc", fingerprint: registeredKey },
  signers: [{ keyId: registeredKey.slice(-16), fingerprint: registeredKey }],
  weak: [],
  expiredKey: null,
  signatureExpires: null,
  algorithm: "RSA 4096",
  hash: "SHA-512",
  createdAt: releasedAt,
};

function releaseOf(address: ProviderAddress, evidence: ProviderEvidence): Release {
  const change = (parts: Partial<ProviderEvidence>) => releaseOf(address, { ...evidence, ...parts });
  const changeRelease = (facts: Partial<ReleaseFacts>) =>
    evidence.release.kind === "found" ? change({ release: { ...evidence.release, ...facts } }) : change({});
  const assets = evidence.release.kind === "found" ? evidence.release.assets : [];
  return {
    address,
    version: evidence.version,
    evidence,
    get entry(): Json {
      const built = buildVersion(evidence, address);
      if (built.kind === "impossible") throw new Error(`There is nothing to build: ${built.reason}`);
      return structuredClone(built.version) as unknown as Json;
    },
    with: change,
    withRelease: changeRelease,
    withSums: (edit) => {
      if (evidence.sums.kind !== "found") throw new Error("This release has no sums.");
      const text = edit(Buffer.from(evidence.sums.base64, "base64").toString());
      const base64 = Buffer.from(text).toString("base64");
      return change({ sums: { ...evidence.sums, sha256: sha256(text), size: text.length, base64 } });
    },
    withSignature: (report) => change({ signatureReport: { ...goodSignature, ...report } }),
    withAsset: (part, facts) => {
      const found = assets.find((asset) => asset.name.includes(part));
      if (found === undefined) throw new Error(`No asset has ${part} in its name.`);
      return changeRelease({
        assets: assets.flatMap((asset) => (asset !== found ? [asset] : facts === null ? [] : [{ ...asset, ...facts }])),
      });
    },
    withExtraAsset: (name) => {
      const [first] = assets;
      if (first === undefined) throw new Error("This release has no assets.");
      return changeRelease({ assets: [...assets, { ...first, name, url: `${first.url}-${name}` }] });
    },
    withProtocols: (...protocols) => change({ manifest: { kind: "found", name: "manifest.json", protocols } }),
  };
}

/** `acme/dns` or `acme/network/aws`, parsed. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address.`);
  return parsed;
}
