import type { Finding } from "../registry/finding.ts";
import { keysFor } from "../registry/keys.ts";
import type { RegistryTree, TreeFile } from "../registry/tree.ts";
import type { PublishedKey } from "./document.ts";
import type { PublishPlan } from "./plan.ts";
import { ownerOf, type PublishSettings } from "./settings.ts";
import { keyNamespace } from "./sources.ts";
import { leftOut } from "./usable/left-out.ts";

/** What publishing needs to know of one key file; a file may give several. */
export type KeyReading =
  | {
      readonly kind: "key";
      readonly path: string;
      readonly fingerprint: string;
      /** The primary key's first. */
      readonly keyIds: readonly string[];
      /** Those keys. */
      readonly signingKeys: readonly { readonly expiresAt: string | null }[];
      readonly armor: string;
      readonly revoked: boolean;
    }
  | { readonly kind: "unusable"; readonly path: string; readonly problem: string };

export type ReadKeys = (
  files: readonly { readonly path: string; readonly text: string }[],
) => Promise<readonly KeyReading[]>;

export interface KeysRead {
  /** The keys that apply to a provider, in the order in which clients shall try them. */
  readonly keysOf: (provider: { namespace: string; type: string }) => readonly PublishedKey[];
  /** One for each file or part of it that is of no use. */
  readonly findings: readonly Finding[];
}

/** Reads key files; a registry has some hundreds. */
export async function readPublishedKeys(
  tree: RegistryTree,
  wanted: readonly TreeFile[],
  of: { readonly plan: PublishPlan; readonly settings: PublishSettings; readonly readKeys: ReadKeys },
): Promise<KeysRead> {
  const { plan, settings, readKeys } = of;
  const files: { path: string; text: string }[] = [];
  for await (const { file, bytes } of tree.read(wanted)) {
    files.push({ path: file.path, text: decoder.decode(bytes) });
  }
  const usable: PublishedKey[] = [];
  const findings: Finding[] = [];
  for (const reading of await readKeys(files)) {
    if (reading.kind === "key") {
      const { path, fingerprint, keyIds, armor, revoked } = reading;
      const expiries = reading.signingKeys.flatMap(({ expiresAt }) => expiresAt ?? []);
      const goodUntil = expiries.sort()[0] ?? null;
      usable.push({ path, fingerprint, keyId: keyIds[0] ?? fingerprint.slice(-16), keyIds, goodUntil, armor, revoked });
    } else {
      const { path, problem } = reading;
      findings.push(leftOut({ code: "key-change", path }, `The key in this file is not published. ${problem}`));
    }
  }
  const groups = Map.groupBy(usable, (key) => keyNamespace(key.path, plan));
  const keysOf: KeysRead["keysOf"] = ({ namespace, type }) => {
    const owner = ownerOf(namespace, settings);
    return keysFor(groups.get(owner.toLowerCase()) ?? [], { namespace: owner, type, layout: plan.layout });
  };
  return { keysOf, findings };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
