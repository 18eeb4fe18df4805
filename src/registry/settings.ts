import type { Layout } from "./address.ts";
import type { Blocked } from "./blocked.ts";
import { isSettingsFile, settingsProblems } from "./settings-problems.ts";
import type { SettingsFile } from "./settings-schema.ts";
import { configurationPath } from "./tree.ts";
import { parseYaml } from "./yaml.ts";

/** A registry's configuration with all defaults filled in. */
export interface Settings {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  readonly paused: boolean;
  readonly mergeMethod: "merge" | "squash" | "rebase";
  readonly policy: {
    readonly settleSeconds: number;
    readonly archives: "digest" | "download" | "contents";
    readonly unsigned: "hold" | "allow";
    readonly expiredKeys: "pass" | "hold";
    readonly weakSignatures: "pass" | "hold";
  };
  /** Namespaces whose repositories and keys are those of another account; read it with `ownerOf`. */
  readonly namespaces: Readonly<Record<string, { readonly owner: string }>>;
  /** An address, and the address whose record it publishes; both as written, of one kind, and no chains. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly blocked: Blocked;
  readonly bump: {
    readonly enabled: boolean;
    /** Between two looks at all upstreams. */
    readonly everySeconds: number;
    /** More records than this found by one look share a pull request. */
    readonly groupAbove: number;
  };
  readonly publish: {
    readonly enabled: boolean;
    /** Where clients find `v1/`: a path or a URL, with a slash at its end. */
    readonly baseUrl: string;
    /** A file in `.github/workflows` that publishes when it is dispatched; null: the server publishes by itself. */
    readonly workflow: string | null;
  };
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Far more than any configuration has; parsing hostile YAML takes much longer than its length suggests. */
const longestFile = 32 * 1024;
const mostProblems = 20;

/** Parses `.github/registrar.yml`; null stands for no such file. All problems at once, each a plain sentence. */
export function parseSettings(text: string | null): ParsedSettings {
  if (text !== null && text.length > longestFile) {
    return wrong([`the file must have at most ${longestFile} characters, got ${text.length}`]);
  }
  const yaml = parseYaml(text ?? "");
  if (!yaml.ok) return wrong(yaml.problems);
  const value = yaml.value ?? {};
  const problems = settingsProblems(value);
  return problems.length === 0 && isSettingsFile(value) ? { ok: true, settings: withDefaults(value) } : wrong(problems);
}

function wrong(problems: readonly string[]): ParsedSettings {
  const shown = problems.slice(0, mostProblems);
  if (problems.length > mostProblems) shown.push(`and ${problems.length - mostProblems} more problems`);
  return { ok: false, problems: shown.map((problem) => `${configurationPath}: ${problem}.`) };
}

function withDefaults(file: SettingsFile): Settings {
  return {
    layout: file.layout ?? null,
    paused: file.paused ?? false,
    mergeMethod: file.merge_method ?? "merge",
    policy: {
      settleSeconds: seconds(file.policy?.settle ?? "2m"),
      archives: file.policy?.archives ?? "digest",
      unsigned: file.policy?.unsigned ?? "hold",
      expiredKeys: file.policy?.expired_keys ?? "pass",
      weakSignatures: file.policy?.weak_signatures ?? "hold",
    },
    namespaces: file.namespaces ?? {},
    aliases: file.aliases ?? {},
    blocked: {
      addresses: file.blocked?.addresses ?? [],
      owners: file.blocked?.owners ?? [],
      fingerprints: (file.blocked?.fingerprints ?? []).map((fingerprint) => fingerprint.toUpperCase()),
    },
    bump: {
      enabled: file.bump?.enabled ?? true,
      everySeconds: seconds(file.bump?.every ?? "1h"),
      groupAbove: file.bump?.group_above ?? 5,
    },
    publish: {
      enabled: file.publish?.enabled ?? true,
      baseUrl: file.publish?.base_url ?? "/",
      workflow: file.publish?.workflow ?? null,
    },
  };
}

function seconds(text: string): number {
  const unit = text.endsWith("h") ? 3600 : text.endsWith("m") ? 60 : 1;
  return Number.parseInt(text, 10) * unit;
}

export const defaultSettings: Settings = withDefaults({});
