import { type Address, addressText, type Layout, parseAddress } from "../registry/address.ts";
import { compareTrees } from "../registry/change.ts";
import type { Finding } from "../registry/finding.ts";
import { keysFor } from "../registry/keys.ts";
import { ownerOf } from "../registry/namespaces.ts";
import { quoted } from "../registry/plain-text.ts";
import type { ProviderRecord, RegistryRecord } from "../registry/record.ts";
import { defaultSettings, parseSettings, type Settings } from "../registry/settings.ts";
import {
  configurationPath,
  detectLayout,
  isIgnored,
  type RegistryTree,
  roleOf,
  type TreeFile,
} from "../registry/tree.ts";
import { auditNotices } from "../rules/audit-notices.ts";
import { addressUnique, configuration, foldedAddress, recordPlace, signature, textRules } from "../rules/index.ts";
import { fail, findingOf, notice, type Said } from "../rules/rule.ts";
import { judge } from "../rules/verdict.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { ReadKeys } from "./base.ts";
import { readableFiles } from "./readable-files.ts";
import type { ValidationTotals } from "./validation-totals.ts";

export interface Validation {
  readonly findings: readonly Finding[];
  readonly totals: ValidationTotals;
}

interface Options {
  readonly tree: RegistryTree;
  readonly readKeys: ReadKeys;
  readonly now: Date;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Looks at a whole registry as it is, without GitHub: every record and key, never stopping at the first problem. */
export async function validateRegistry({ tree, readKeys, now, onProgress }: Options): Promise<Validation> {
  const started = performance.now();
  const findings: Finding[] = [];
  const counts = { providers: 0, modules: 0, versions: 0, archives: 0 };
  const { files, findings: unread } = readableFiles(tree.files);
  const settings = await readSettings({ ...tree, files }, findings);
  const layout = settings.layout ?? detectLayout(tree.files.map((file) => file.path));
  const roles = files.map((file) => ({ file, role: roleOf(file.path, layout) }));
  findings.push(...unread);
  findings.push(...misplaced(roles, layout));
  const keys = await readAllKeys({ tree, readKeys }, roles);
  findings.push(...keyProblems(keys));
  const records = roles.flatMap(({ file, role }) => (role.kind === "record" ? [{ file, address: role.address }] : []));
  findings.push(...sameAddresses(records), ...aliasProblems(records, settings));
  let done = 0;
  const addresses = new Map(records.map(({ file, address }) => [file.path, address]));
  for await (const { file, bytes } of tree.read(records.map((record) => record.file))) {
    const address = addresses.get(file.path);
    if (address === undefined) continue;
    const text = decoder.decode(bytes);
    const { record, verdict } = auditRecord({ path: file.path, text, layout, now });
    // One by one: what a hostile record gives may be more than a call takes arguments.
    for (const finding of verdict.findings) {
      if (finding.outcome !== "pass" || finding.notice === true) findings.push(finding);
    }
    if (record !== null) {
      for (const finding of auditNotices(record, settings)) findings.push(finding);
      for (const finding of signerProblems(record, { keys, layout, settings })) findings.push(finding);
      count(counts, record);
    }
    done += 1;
    onProgress?.(done, records.length);
  }
  return { findings, totals: totalsOf(findings, { ...counts, keys: keys.length, ms: performance.now() - started }) };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** With the defaults where the configuration is wrong, so that the records are looked at all the same. */
async function readSettings(tree: RegistryTree, findings: Finding[]): Promise<Settings> {
  const file = tree.files.find((candidate) => candidate.path === configurationPath);
  if (file === undefined) return defaultSettings;
  for await (const { bytes } of tree.read([file])) {
    const parsed = parseSettings(decoder.decode(bytes));
    if (parsed.ok) return parsed.settings;
    findings.push(...parsed.problems.map((problem) => misconfigured(problem)));
  }
  return defaultSettings;
}

const misconfigured = (problem: string): Finding =>
  findingOf(configuration, fail(problem, "Correct it; docs/operators.md lists every key."), {
    path: configurationPath,
  });

/** Aliases whose address a record has, and aliases of nothing: neither can be told from the configuration alone. */
function aliasProblems(records: readonly { readonly address: Address }[], { aliases }: Settings): Finding[] {
  const known = new Set(records.map(({ address }) => foldedAddress(address)));
  const has = (text: string) => {
    const address = parseAddress(text);
    return address !== undefined && known.has(foldedAddress(address));
  };
  return Object.entries(aliases).flatMap(([alias, target]) => {
    const say = (problem: string) => misconfigured(`${configurationPath}: aliases.${quoted(alias)}: ${problem}.`);
    return [
      ...(has(alias) ? [say("the registry has a record of that address; remove the record or the alias")] : []),
      ...(has(target) ? [] : [say(`leads to ${quoted(target)}, of which the registry has no record`)]),
    ];
  });
}

type Roles = readonly { readonly file: TreeFile; readonly role: ReturnType<typeof roleOf> }[];

function misplaced(roles: Roles, layout: Layout): Finding[] {
  return roles
    .filter(({ file, role }) => role.kind === "misplaced" && !isIgnored(file.path))
    .map(({ file }) =>
      findingOf(
        recordPlace,
        fail(`${quoted(file.path)} is no place for a record or a key in the layout ${layout}.`, "Move or remove it."),
        { path: file.path },
      ),
    );
}

async function readAllKeys(
  { tree, readKeys }: Pick<Options, "tree" | "readKeys">,
  roles: Roles,
): Promise<readonly ParsedKeyFile[]> {
  const texts: { path: string; text: string }[] = [];
  const files = roles.filter(({ role }) => role.kind === "key").map(({ file }) => file);
  for await (const { file, bytes } of tree.read(files)) texts.push({ path: file.path, text: decoder.decode(bytes) });
  return readKeys(texts);
}

function keyProblems(keys: readonly ParsedKeyFile[]): Finding[] {
  return keys.flatMap((key) =>
    key.kind === "unusable"
      ? [
          findingOf(signature, fail(`The key file is unusable: ${key.problem}`, "Export the public key again."), {
            path: key.path,
          }),
        ]
      : [],
  );
}

/** Addresses that are published at one place. */
function sameAddresses(records: readonly { readonly file: TreeFile; readonly address: Address }[]): Finding[] {
  const first = new Map<string, string>();
  return records.flatMap(({ file, address }) => {
    const key = foldedAddress(address);
    const known = first.get(key);
    if (known === undefined) {
      first.set(key, file.path);
      return [];
    }
    const said = fail(`Clients cannot tell this address from the one of ${quoted(known)}.`, "Merge the two records.");
    return [findingOf(addressUnique, said, { path: file.path })];
  });
}

function auditRecord(input: { path: string; text: string; layout: Layout; now: Date }) {
  const { path, text, layout, now } = input;
  const change = compareTrees([{ path, before: null, after: text, mode: "100644" }], layout);
  const verdict = judge(
    {
      now: now.toISOString(),
      layout,
      audit: true,
      settings: defaultSettings,
      change,
      listing: { complete: true, problem: null, bytes: text.length },
      byRegistrar: false,
      tips: {},
      taken: {},
      evidenceRead: false,
      evidence: {},
      keys: {},
    },
    textRules,
  );
  return { record: change.records[0]?.after ?? null, verdict };
}

/** What the recorded signers mean for clients: a version whose key is gone cannot be published. */
function signerProblems(
  record: RegistryRecord,
  {
    keys,
    layout,
    settings,
  }: { readonly keys: readonly ParsedKeyFile[]; readonly layout: Layout; readonly settings: Settings },
): Finding[] {
  const { address } = record;
  if (address.kind !== "provider") return [];
  const namespace = ownerOf(address.namespace, settings);
  const own = keysFor(keys, { type: address.type, namespace, layout }).flatMap((key) =>
    key.kind === "key" ? [key] : [],
  );
  const say = (said: Said, version?: string) =>
    findingOf(signature, said, { path: record.path, ...(version === undefined ? {} : { version }) });
  const lost = (record as ProviderRecord).entries.flatMap((entry) => {
    const signer = entry.value?.signed_by;
    if (signer === undefined || own.some((key) => key.fingerprint === signer && !key.revoked)) return [];
    const message = `It is signed by the key ${signer}, which the registry no longer has (or has as revoked), so it is not published.`;
    return [say(fail(message, "Put the key back, or withdraw the version."), entry.version)];
  });
  if (own.length > 0) return lost;
  const message = `The registry has no key for ${quoted(addressText(address))}: only registry.opentofu.org's clients install it.`;
  return [say(notice(message)), ...lost];
}

function count(
  counts: { providers: number; modules: number; versions: number; archives: number },
  record: RegistryRecord,
) {
  if (record.address.kind === "provider") counts.providers += 1;
  else counts.modules += 1;
  counts.versions += record.entries.length;
  for (const entry of record.entries)
    counts.archives += Array.isArray(entry.raw.targets) ? entry.raw.targets.length : 0;
}

function totalsOf(
  findings: readonly Finding[],
  counts: { providers: number; modules: number; versions: number; archives: number; keys: number; ms: number },
): ValidationTotals {
  const real = findings.filter((finding) => finding.notice !== true);
  const byCode: Record<string, number> = {};
  for (const { code } of real) byCode[code] = (byCode[code] ?? 0) + 1;
  const of = (outcome: Finding["outcome"]) => real.filter((finding) => finding.outcome === outcome).length;
  return {
    records: counts.providers + counts.modules,
    ...counts,
    fail: of("fail"),
    retry: of("retry"),
    hold: of("hold"),
    notices: findings.length - real.length,
    byCode,
    filesWithFailures: new Set(real.filter(({ outcome }) => outcome === "fail").map(({ path }) => path)).size,
    ms: Math.round(counts.ms),
  };
}
