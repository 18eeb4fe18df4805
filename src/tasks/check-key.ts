import type { TouchedFile } from "../registry/change.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type Finding, worstOutcome } from "../registry/finding.ts";
import { keysFolder } from "../registry/namespaces.ts";
import { quoted } from "../registry/plain-text.ts";
import { defaultSettings } from "../registry/settings.ts";
import { keyChange } from "../rules/key-change.ts";
import type { KeyFileFacts } from "../rules/key-facts.ts";
import { keyPlaceProblems } from "../rules/key-file-problems.ts";
import type { ReviewInput } from "../rules/rule.ts";
import { judge } from "../rules/verdict.ts";
import type { Base } from "./base.ts";
import { readText } from "./base.ts";
import type { OpenRegistry } from "./open-registry.ts";
import { type KeyFactsContext, readKeyFacts } from "./read-key-facts.ts";

export interface CheckKeyContext extends Omit<KeyFactsContext, "host"> {
  /** Null: the key alone is looked at. */
  readonly registry: OpenRegistry | null;
}

export interface CheckKeyWish {
  /** The file's name, without folders; it would be stored under it. */
  readonly name: string;
  readonly text: string;
  readonly namespace: string;
  /** A provider's type, for a key of that provider alone. */
  readonly type: string | null;
}

export interface KeyCheck {
  /** Whether Registrar would take the file there, once a maintainer approves. */
  readonly acceptable: boolean;
  /** Where it would be stored. */
  readonly path: string;
  readonly facts: KeyFileFacts;
  /** As the review of a pull request that adds it would say. */
  readonly findings: readonly Finding[];
  /** Why upstream could not be asked which versions it verifies; null when it could. */
  readonly unknown: string | null;
}

/** What a key is, and what a pull request that adds it to a namespace would be told. Reads only. */
export async function checkKey(context: CheckKeyContext, wish: CheckKeyWish): Promise<KeyCheck> {
  refusePlace(wish);
  const { registry } = context;
  const base = registry?.base ?? noRegistry;
  const host = registry?.host ?? { listFiles: async () => [], readBlob: async () => new Uint8Array() };
  const path = placeOf(base, wish);
  const there = base.files.find((file) => file.path === path);
  const before = there === undefined ? null : await readText(host, there);
  const file: TouchedFile = { path, before, after: wish.text, mode: "100644" };
  const change = { records: [], keys: [file], configuration: null, misplaced: [], others: [] };
  const known = await readKeyFacts({ ...context, host }, { base, change, author: null, byRegistrar: false });
  const facts = known[path];
  if (facts === undefined) throw new Error(`Nothing is known of ${path}.`);
  const unknown = facts.unavailable?.reason ?? null;
  const input: ReviewInput = {
    now: context.now().toISOString(),
    layout: base.layout,
    audit: false,
    settings: base.settings,
    change,
    listing: { complete: true, problem: null, bytes: wish.text.length },
    byRegistrar: false,
    tips: {},
    taken: {},
    evidenceRead: true,
    evidence: {},
    keys: {},
    keyFacts: { [path]: { ...facts, unavailable: null } },
  };
  const { findings } = judge(input, [keyChange]);
  return { acceptable: worstOutcome(findings) !== "fail", path, facts, findings, unknown };
}

const noRegistry: Base = {
  commit: "",
  files: [],
  settings: defaultSettings,
  configurationProblems: [],
  layout: "plain",
};

function refusePlace(place: CheckKeyWish): void {
  const problems = keyPlaceProblems(place);
  if (problems.length === 0) return;
  const message = `--for must be NAMESPACE or NAMESPACE/TYPE of a provider. ${problems.join(" ")}`;
  throw new RegistrarError("bad-argument", message);
}

/** In the folder of a provider's own, or of the account that the namespace is mapped to; under its own name with `.asc`. */
function placeOf({ layout, settings }: Base, { name, namespace, type }: CheckKeyWish): string {
  const folder = keysFolder(namespace, { layout, namespaces: settings.namespaces });
  const file = name.endsWith(".asc") ? name : `${name.replace(/\.[A-Za-z0-9]+$/, "")}.asc`;
  if (file.includes("/")) throw new RegistrarError("bad-argument", `${quoted(name)} is no name of a file.`);
  return [folder, ...(type === null ? [] : [type]), file].join("/");
}
