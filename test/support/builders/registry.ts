import { type Layout, recordPath } from "../../../src/registry/address.ts";
import { compareTrees, type TouchedFile } from "../../../src/registry/change.ts";
import { parseRecord, type RegistryRecord } from "../../../src/registry/record.ts";
import { defaultSettings, type Settings } from "../../../src/registry/settings.ts";
import { roleOf } from "../../../src/registry/tree.ts";
import { findTaken } from "../../../src/rules/address-unique.ts";
import type { KeyFileFacts } from "../../../src/rules/key-facts.ts";
import { evidenceKey, type ReviewInput } from "../../../src/rules/rule.ts";
import type { Evidence } from "../../../src/upstream/evidence.ts";
import { keyFacts, parsedKey } from "./key-facts.ts";
import { pretty, recordText } from "./records.ts";
import { address, type Json, type Release, registeredKey, reviewedAt } from "./release.ts";
import type { Tag } from "./tag.ts";

type Policy = Settings["policy"];
type Keys = ReviewInput["keys"][string];

interface World {
  readonly layout: Layout;
  readonly settings: Settings;
  readonly byRegistrar: boolean;
  readonly audit: boolean;
  readonly now: string;
  readonly listing: ReviewInput["listing"] | null;
  readonly keys: Keys;
  /** At the merge base, by path. */
  readonly base: Readonly<Record<string, string>>;
  /** At the base's tip, where that has another text by now. */
  readonly tip: Readonly<Record<string, string | null>>;
  /** At the head: what the pull request touches. */
  readonly head: Readonly<Record<string, { readonly text: string | null; readonly mode: string | null }>>;
  readonly evidenceRead: boolean;
  /** Of touched key files, where they are other than usual. */
  readonly keyFacts: Readonly<Record<string, KeyFileFacts | undefined>>;
  readonly evidence: Readonly<Record<string, Evidence>>;
}

/** A registry with a pull request on it. Every method gives another one. */
export interface RegistryBuilder {
  withProvider(of: string, versions: readonly (string | Json)[], head?: Json): RegistryBuilder;
  withModule(of: string, versions: readonly (string | Json)[], head?: Json): RegistryBuilder;
  /** Any file of the base. */
  withFile(path: string, text: string): RegistryBuilder;
  withPolicy(policy: Partial<Policy>): RegistryBuilder;
  withKeys(keys: Partial<Keys>): RegistryBuilder;
  /** What is known of a touched key file; undefined: nothing, since nobody has looked. */
  withKeyFacts(path: string, facts: KeyFileFacts | undefined): RegistryBuilder;
  /** Any part of the base's configuration. */
  withSettings(settings: Partial<Settings>): RegistryBuilder;
  /** The base's tip has moved since the pull request was made: this is its text now. */
  movedOn(path: string, text: string | null): RegistryBuilder;
  /** The pull request adds a version, which upstream really has; the entry is what a right bump writes, unless said. */
  adding(release: Release | Tag, entry?: Json): RegistryBuilder;
  /** The pull request edits a record's JSON, or replaces its text. */
  editing(path: string, edit: (record: EditableRecord) => unknown): RegistryBuilder;
  /** The pull request writes a file as it is; null removes it. */
  writing(path: string, text: string | null, mode?: string): RegistryBuilder;
  /** Upstream has this as well. */
  knowing(release: Release | Tag, version?: string): RegistryBuilder;
  byRegistrar(): RegistryBuilder;
  with(world: Partial<Pick<World, "layout" | "audit" | "now" | "listing" | "evidenceRead">>): RegistryBuilder;
  readonly input: ReviewInput;
}

export interface EditableRecord extends Json {
  versions: Json[];
}

/** An empty registry of the layout `plain`, whose namespaces have one key. */
export const registry = (): RegistryBuilder =>
  builderOf({
    layout: "plain",
    settings: defaultSettings,
    byRegistrar: false,
    audit: false,
    now: reviewedAt,
    listing: null,
    keys: { usable: [registeredKey], problems: [] },
    base: {},
    tip: {},
    head: {},
    evidenceRead: true,
    keyFacts: {},
    evidence: {},
  });

/** `providers/acme/dns.json` of `acme/dns`. */
export const pathOf = (of: string, layout: Layout = "plain"): string => recordPath(address(of), layout);

function builderOf(world: World): RegistryBuilder {
  const change = (parts: Partial<World>) => builderOf({ ...world, ...parts });
  const at = (path: string): string | null => world.head[path]?.text ?? world.base[path] ?? null;
  const writing = (path: string, text: string | null, mode: string | null) =>
    change({ head: { ...world.head, [path]: { text, mode } } });
  const withFile = (path: string, text: string) => change({ base: { ...world.base, [path]: text } });
  const withRecord = (of: string, versions: readonly (string | Json)[], head?: Json) =>
    withFile(pathOf(of, world.layout), recordText(of, versions, head));
  const knowing = ({ address: of, version, evidence }: Release | Tag, as = version) =>
    change({ evidence: { ...world.evidence, [evidenceKey(recordPath(of, world.layout), as)]: evidence } });
  const editing: RegistryBuilder["editing"] = (path, edit) => {
    const record = JSON.parse(at(path) ?? '{"versions": []}') as EditableRecord;
    const edited = edit(record) ?? record;
    return writing(path, typeof edited === "string" ? edited : pretty(edited), "100644");
  };
  return {
    withProvider: withRecord,
    withModule: withRecord,
    withFile,
    withPolicy: (policy) =>
      change({ settings: { ...world.settings, policy: { ...world.settings.policy, ...policy } } }),
    withSettings: (settings) => change({ settings: { ...world.settings, ...settings } }),
    withKeys: (keys) => change({ keys: { ...world.keys, ...keys } }),
    withKeyFacts: (path, facts) => change({ keyFacts: { ...world.keyFacts, [path]: facts } }),
    movedOn: (path, text) => change({ tip: { ...world.tip, [path]: text } }),
    adding: (release, entry = release.entry) =>
      knowing(release, String(entry.version)).editing(recordPath(release.address, world.layout), (record) => ({
        ...record,
        versions: [entry, ...record.versions],
      })),
    editing,
    writing: (path, text, mode = "100644") => writing(path, text, text === null ? null : mode),
    knowing,
    byRegistrar: () => change({ byRegistrar: true }),
    with: change,
    get input(): ReviewInput {
      return inputOf(world);
    },
  };
}

function keyFactsOf(files: readonly TouchedFile[], known: World["keyFacts"]): NonNullable<ReviewInput["keyFacts"]> {
  const facts = files.map(({ path, before, after }) => {
    const usual = keyFacts({
      before: before === null ? [] : [parsedKey()],
      after: after === null ? [] : [parsedKey()],
    });
    return [path, path in known ? known[path] : usual] as const;
  });
  return Object.fromEntries(facts.flatMap(([path, one]) => (one === undefined ? [] : [[path, one] as const])));
}

function inputOf(world: World): ReviewInput {
  const { layout, base, tip, head, evidence, keys } = world;
  const files: readonly TouchedFile[] = Object.entries(head).map(([path, { text, mode }]) => ({
    path,
    before: base[path] ?? null,
    after: text,
    mode,
  }));
  const change = compareTrees(files, layout);
  const tips = change.records.map(({ path }) => [path, tipOf(path, path in tip ? tip[path] : base[path])] as const);
  const bytes = files.reduce((sum, file) => sum + (file.after?.length ?? 0), 0);
  return {
    now: world.now,
    layout,
    audit: world.audit,
    settings: world.settings,
    change,
    listing: world.listing ?? { complete: true, problem: null, bytes },
    byRegistrar: world.byRegistrar,
    tips: Object.fromEntries(tips),
    taken: findTaken(change, Object.keys(world.base), layout),
    evidenceRead: world.evidenceRead,
    evidence,
    ...(change.keys.length === 0 || !world.evidenceRead ? {} : { keyFacts: keyFactsOf(change.keys, world.keyFacts) }),
    keys: Object.fromEntries(change.records.map(({ path }) => [path, keys])),
  };

  function tipOf(path: string, text: string | null | undefined): RegistryRecord | null {
    const role = roleOf(path, layout);
    return text === null || text === undefined || role.kind !== "record"
      ? null
      : parseRecord({ path, address: role.address, text });
  }
}
