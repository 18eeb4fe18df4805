import {
  type Adoption,
  adoptionProblem,
  type Compared,
  compareVersion,
  decideAdoption,
  enoughEqual,
  repositoryProblem,
  versionsToCompare,
} from "../bump/adopt.ts";
import { type AdoptionReport, renderAdoptionReport } from "../policy/adoption-report.ts";
import type { Address } from "../registry/address.ts";
import { type RegistryRecord, repositoryOn } from "../registry/record.ts";
import type { Settings } from "../registry/settings.ts";
import { type RegistryTree, roleOf } from "../registry/tree.ts";
import { insertIds, missingIds } from "../registry/write-record.ts";
import { limits } from "../rules/scope.ts";
import type { RepositoryFacts } from "../upstream/evidence.ts";
import type { Upstream } from "../upstream/port.ts";
import { readRecord } from "./base.ts";
import { type OpenRegistry, openTree, requirePath } from "./open-registry.ts";
import { readEvidence, recordedTag } from "./read-evidence.ts";
import { type Unavailable, unavailablePart } from "./upstream-answers.ts";

export interface AdoptContext {
  readonly tree: RegistryTree;
  readonly upstream: Upstream;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
  /** Puts another text into a file of the registry. */
  readonly replace: (path: string, text: string) => Promise<void>;
  readonly dryRun?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AdoptWish {
  /** Empty: the whole registry. */
  readonly addresses: readonly Address[];
  /** How many records get their ids in this run. */
  readonly limit: number;
}

/** As many records as one pull request may change by hand; up to it a run stays in one namespace, as such a pull request has to. */
export const mostAdopted = limits.records;

export interface AdoptOutcome extends Pick<AdoptionReport, "adopted" | "left"> {
  /** Records that have both ids. */
  readonly complete: number;
  /** Records without ids that this run did not come to. */
  readonly remaining: number;
  /** Why it ended early; null when it did not. What it had done is done. */
  readonly stopped: { readonly reason: string; readonly retryAt: string | null } | null;
  /** The description of the pull request, as Markdown. */
  readonly report: string;
}

/** Records GitHub's ids in old records, one after the other; what one run has written the next one passes over. */
export async function adoptRegistry(context: AdoptContext, wish: AdoptWish): Promise<AdoptOutcome> {
  const registry = await openTree(context.tree);
  const lacking = await findLacking(registry, wish);
  const adopted: AdoptOutcome["adopted"][number][] = [];
  const left: AdoptOutcome["left"][number][] = [];
  let stopped: AdoptOutcome["stopped"] = null;
  let namespace: string | null = null;
  let remaining = 0;
  for (const [index, record] of lacking.records.entries()) {
    const elsewhere = wish.limit <= mostAdopted && namespace !== null && namespaceOf(record) !== namespace;
    if (stopped !== null || elsewhere || adopted.length >= wish.limit) {
      remaining += 1;
      continue;
    }
    const found = await readAdoption(context, record, registry.base.settings);
    context.onProgress?.(index + 1, lacking.records.length);
    switch (found.kind) {
      case "unavailable":
        stopped = { reason: found.reason, retryAt: found.retryAt };
        remaining += 1;
        break;
      case "leave":
        left.push({ path: record.path, reason: found.reason });
        break;
      case "adopt":
        if (context.dryRun !== true) await context.replace(record.path, insertIds(record, found.ids));
        namespace = namespaceOf(record);
        adopted.push({ path: record.path, ...found.repository, ids: found.ids, equal: found.equal });
    }
  }
  const report = renderAdoptionReport({ adopted, left, serverUrl: context.serverUrl });
  return { adopted, left, complete: lacking.complete, remaining, stopped, report };
}

const namespaceOf = ({ address }: RegistryRecord): string => address.namespace.toLowerCase();

/** Records without ids, each namespace's together. */
async function findLacking(
  { host, base }: OpenRegistry,
  { addresses }: AdoptWish,
): Promise<{ readonly records: readonly RegistryRecord[]; readonly complete: number }> {
  const named = new Set(addresses.map((address) => requirePath(base, address)));
  const paths = base.files.flatMap(({ path }) => {
    const role = roleOf(path, base.layout);
    return role.kind === "record" && (named.size === 0 || named.has(path)) ? [path] : [];
  });
  const records: RegistryRecord[] = [];
  let complete = 0;
  for (const path of paths) {
    const record = await readRecord(host, base, path);
    if (record === null) continue;
    if (record.readable && missingIds(record).length === 0) complete += 1;
    else records.push(record);
  }
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return {
    records: records.sort((a, b) => compare(namespaceOf(a), namespaceOf(b)) || compare(a.path, b.path)),
    complete,
  };
}

type Read =
  | (Adoption & {
      readonly kind: "adopt";
      readonly repository: { readonly repository: string; readonly createdAt: string | null };
    })
  | (Adoption & { readonly kind: "leave" })
  | Unavailable;

const leave = (reason: string): Read => ({ kind: "leave", reason });

async function readAdoption(context: AdoptContext, record: RegistryRecord, settings: Settings): Promise<Read> {
  const problem = adoptionProblem(record);
  if (problem !== null) return leave(problem);
  const asked = repositoryOn(context.serverUrl, record, settings);
  if (asked === undefined) return leave(`Its repository is not on ${new URL(context.serverUrl).host}.`);
  const repository = await context.upstream.readRepository(asked);
  if (repository.kind === "unavailable") return repository;
  if (repository.kind === "missing") return leave(repository.reason);
  const doubt = repositoryProblem(record, repository, settings);
  if (doubt !== null) return leave(doubt);
  const compared = await compareVersions(context, { record, asked });
  if ("kind" in compared) return compared;
  const adoption = decideAdoption(repository, compared);
  return adoption.kind === "leave" ? adoption : { ...adoption, repository: shown(repository) };
}

const shown = ({ fullName, createdAt }: RepositoryFacts) => ({ repository: fullName, createdAt });

/** A few recorded versions with what upstream serves today; more where some are gone, until enough agree or one does not. */
async function compareVersions(
  context: AdoptContext,
  { record, asked }: { readonly record: RegistryRecord; readonly asked: string },
): Promise<readonly Compared[] | Unavailable> {
  const { address, entries } = record;
  const compared: Compared[] = [];
  for (const entry of versionsToCompare(entries)) {
    const { version } = entry;
    const tag = recordedTag(entry);
    const of = { address, repository: asked, version, tag, keys: [], archives: "none" } as const;
    const evidence = await readEvidence(context, of);
    const unknown = unavailablePart(evidence);
    if (unknown !== null) return unknown;
    compared.push(compareVersion(entry, evidence));
    const equal = compared.filter(({ kind }) => kind === "equal").length;
    if (equal === enoughEqual || compared.at(-1)?.kind === "differs") break;
  }
  return compared;
}
