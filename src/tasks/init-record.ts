import { isAgainst, judgeNewRecord, judgeNewVersion, type NewRecord, type NewVersion } from "../bump/new-record.ts";
import { type Signer, signersOf } from "../bump/signers.ts";
import { type Address, addressText, checkAddress, recordPath, sameName } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { Finding } from "../registry/finding.ts";
import { homeRepository, keysFolder } from "../registry/namespaces.ts";
import { quoted } from "../registry/plain-text.ts";
import { parseRecord } from "../registry/record.ts";
import type { RegistryTree } from "../registry/tree.ts";
import { compareVersions, parseVersion } from "../registry/version.ts";
import type { KnownSimilar } from "../rules/rule.ts";
import { limits } from "../rules/scope.ts";
import type { Evidence, RepositoryFacts } from "../upstream/evidence.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { Upstream } from "../upstream/port.ts";
import { type Base, keyFacts, type ReadKeys, readProviderKeys } from "./base.ts";
import { openTree, pathOfAddress } from "./open-registry.ts";
import { readEvidence } from "./read-evidence.ts";
import { readMissing } from "./read-missing.ts";
import { readSimilar } from "./read-similar.ts";
import { found, refuseUnavailable } from "./upstream-answers.ts";

export interface InitContext {
  readonly tree: RegistryTree;
  readonly upstream: Upstream;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
  /** Makes a file that is not there yet. */
  readonly create: (path: string, text: string) => Promise<void>;
  readonly dryRun?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface InitWish {
  readonly address: Address;
  /** `owner/name`; null: the one that the address stands for. */
  readonly repository: string | null;
  /** How many usable versions the record gets at most, newest first. */
  readonly limit: number;
}

/** As many versions as one pull request may add by hand. */
export const mostNewVersions = limits.versions;

export interface InitOutcome {
  readonly path: string;
  readonly repository: RepositoryFacts;
  /** What was written, newest first; or would be in a dry run. Empty when nothing is usable. */
  readonly versions: readonly string[];
  readonly left: readonly (NewVersion & { readonly kind: "left-out" })[];
  /** Releases beyond the limit, which nobody looked at. */
  readonly beyond: readonly string[];
  /** Whether GitHub listed everything; it ends lists of releases after a thousand. */
  readonly complete: boolean;
  /** What the review of the pull request will find, passes without a notice left out. */
  readonly findings: readonly Finding[];
  readonly signers: readonly Signer[];
  /** Where the keys of this namespace lie, with a final slash. */
  readonly keyFolder: string;
  /** Null when the record cannot be made: nothing is usable, or something beside the versions fails. */
  readonly text: string | null;
  readonly written: boolean;
}

interface InitFacts {
  readonly record: NewRecord;
  readonly repository: RepositoryFacts;
  readonly judged: readonly NewVersion[];
  readonly evidence: readonly Evidence[];
  readonly beyond: readonly string[];
  readonly complete: boolean;
}

/** Writes the record of an address that the registry does not have: read, decide, apply. */
export async function initRecord(context: InitContext, wish: InitWish): Promise<InitOutcome> {
  const { base, host } = await openTree(context.tree);
  refuseAddress(base, wish.address);
  const { address } = wish;
  const keys =
    address.kind === "provider" ? await readProviderKeys({ host, readKeys: context.readKeys }, base, address) : [];
  const path = recordPath(address, base.layout);
  const { [path]: similar = [] } = await readSimilar(host, base, [{ path, address }]);
  const facts = await readUpstream(context, wish, { base, keys, similar });
  const outcome = decide(facts);
  if (outcome.text === null || context.dryRun === true) return { ...outcome, written: false };
  await context.create(outcome.path, outcome.text);
  return { ...outcome, written: true };
}

function refuseAddress(base: Base, address: Address): void {
  const problems = checkAddress(address);
  if (problems.length > 0) throw new RegistrarError("bad-argument", problems.join(" "));
  const path = recordPath(address, base.layout);
  const there = pathOfAddress(base, address);
  if (there === path || base.files.some((file) => file.path === path)) {
    const next = "Nothing is written; new versions of it are added by Registrar's bumps, or by hand.";
    throw new RegistrarError("bad-argument", `${quoted(path)} is there already. ${next}`);
  }
  if (there === undefined) return;
  const message = `Clients cannot tell ${quoted(addressText(address))} from the address of ${quoted(there)}, which the registry has. Choose another address.`;
  throw new RegistrarError("bad-argument", message);
}

/** What the registry has for the new address. */
interface Surroundings {
  readonly base: Base;
  readonly keys: readonly ParsedKeyFile[];
  readonly similar: readonly KnownSimilar[];
}

async function readUpstream(
  context: InitContext,
  { address, limit, ...wish }: InitWish,
  { base, keys, similar }: Surroundings,
): Promise<InitFacts> {
  const asked = wish.repository ?? homeRepository(address, base.settings);
  const hint = wish.repository === null ? " Name the one that it is released from with --repository OWNER/NAME." : "";
  const repository = found(await context.upstream.readRepository(asked), hint);
  if (repository.private) {
    throw new RegistrarError(
      "bad-argument",
      `The repository ${quoted(asked)} is not public. Clients download releases without credentials.`,
    );
  }
  const path = recordPath(address, base.layout);
  const empty = parseRecord({ path, address, text: '{"versions": []}' });
  const { candidates, complete } = found(
    await readMissing(context.upstream, { record: empty, repository: asked }),
    hint,
  );
  const now = context.now();
  const record: NewRecord = {
    address,
    similar,
    head: headOf(homeRepository(address, base.settings), { serverUrl: context.serverUrl, repository }),
    surroundings: {
      now: now.toISOString(),
      layout: base.layout,
      settings: base.settings,
      keys: address.kind === "provider" ? { [path]: keyFacts(keys) } : {},
    },
  };
  const { archives } = base.settings.policy;
  const waiting = candidates.toSorted((a, b) => newestFirst(a.version, b.version, address.kind));
  const judged: NewVersion[] = [];
  const evidence: Evidence[] = [];
  const total = waiting.length;
  const usable = () => judged.filter(({ kind }) => kind === "usable").length;
  while (waiting.length > 0 && usable() < limit) {
    const some = waiting.splice(0, Math.min(concurrency, limit - usable()));
    const read = await Promise.all(
      some.map(({ version, tag }) =>
        readEvidence(context, { address, repository: asked, version, tag, keys, archives }),
      ),
    );
    for (const one of read) refuseUnavailable(one);
    evidence.push(...read);
    judged.push(...read.map((one) => judgeNewVersion(record, one)));
    context.onProgress?.(total - waiting.length, total);
  }
  return { record, repository, judged, evidence, beyond: waiting.map(({ version }) => version), complete };
}

const concurrency = 4;

/** Only what differs from the default is named, so that a record says no more than it has to. */
function headOf(
  home: string,
  { serverUrl, repository }: { readonly serverUrl: string; readonly repository: RepositoryFacts },
) {
  const { fullName, id, ownerId } = repository;
  const isDefault = sameName(fullName, home);
  return {
    ...(isDefault ? {} : { repository: `${serverUrl}/${fullName}` }),
    repository_id: id,
    owner_id: ownerId,
  };
}

/** What is no version comes last. */
function newestFirst(a: string, b: string, kind: Address["kind"]): number {
  const [left, right] = [parseVersion(a, kind), parseVersion(b, kind)];
  if (left.ok && right.ok) return compareVersions(right.version, left.version);
  return Number(right.ok) - Number(left.ok);
}

/** Pure. */
function decide({ record, repository, judged, evidence, beyond, complete }: InitFacts): Omit<InitOutcome, "written"> {
  const { address, surroundings } = record;
  const path = recordPath(address, surroundings.layout);
  const usable = judged.filter((one) => one.kind === "usable");
  const { text, findings } = judgeNewRecord(record, usable);
  const possible = usable.length > 0 && !findings.some(isAgainst);
  return {
    path,
    repository,
    versions: usable.map(({ version }) => version.version),
    left: judged.filter((one) => one.kind === "left-out"),
    beyond,
    complete,
    findings:
      usable.length === 0 ? [] : findings.filter(({ outcome, notice }) => outcome !== "pass" || notice === true),
    signers: signersOf(evidence),
    keyFolder: `${keysFolder(address.namespace, { ...surroundings.settings, layout: surroundings.layout })}/`,
    text: possible ? text : null,
  };
}
