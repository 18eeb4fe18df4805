import { addressText, defaultRepository, type ModuleAddress } from "../../registry/address.ts";
import type { Finding } from "../../registry/finding.ts";
import { quoted } from "../../registry/plain-text.ts";
import type { ModuleRecord } from "../../registry/record.ts";
import { compareVersions, parseVersion, publishedVersionKey, type Version } from "../../registry/version.ts";
import { statedWithdrawals } from "../../registry/withdrawn.ts";
import { ownerOf, type PublishSettings } from "../settings.ts";
import { leftOut } from "./left-out.ts";
import { unknownWithdrawals } from "./provider.ts";
import { shapeFindings } from "./shape.ts";
import { usableWarnings } from "./warnings.ts";

/** One version of a module that clients can fetch. */
export interface UsableModuleVersion {
  /** Without a leading `v`. */
  readonly version: Version;
  /** A go-getter source: `git::https://github.com/acme/terraform-aws-network?ref=<commit, else tag>`. */
  readonly location: string;
}

export interface UsableModule {
  readonly warnings: readonly string[];
  /** Newest first. */
  readonly versions: readonly UsableModuleVersion[];
  readonly findings: readonly Finding[];
}

/** What clients can use of a module's record. */
export function usableModule(record: ModuleRecord, settings: PublishSettings): UsableModule {
  const { path } = record;
  const findings: Finding[] = [...shapeFindings(record)];
  const warnings = usableWarnings(record.head);
  const nothing = (pointer: string, message: string): UsableModule => {
    findings.push(leftOut({ code: "record-shape", path, pointer }, message));
    return { warnings, versions: [], findings };
  };
  const withdrawn = statedWithdrawals(record);
  if (withdrawn === null) return nothing("/withdrawn", unknownWithdrawals(path));
  const source = repositoryUrl(record, settings);
  if (source === null) {
    // Falling back to the default would hand out somebody else's code.
    return nothing(
      "/repository",
      `Nothing of ${addressText(record.address)} is published: "repository" is not of the form https://HOST/OWNER/NAME.`,
    );
  }
  const taken = new Map<string, string>();
  const versions: UsableModuleVersion[] = [];
  for (const entry of record.entries) {
    const key = publishedVersionKey(entry.version, "module");
    if (withdrawn.has(key)) continue;
    const refuse = (code: string, problem: string) =>
      findings.push(
        leftOut(
          { code, path, version: entry.version, pointer: `/versions/${entry.index}` },
          `${quoted(entry.version)} is not published: ${problem}.`,
        ),
      );
    // One finding for each thing: what the schema refuses has its own already.
    if (entry.value === undefined) continue;
    const parsed = parseVersion(entry.version, "module");
    if (!parsed.ok) {
      refuse("version-syntax", `the version ${parsed.problem}`);
      continue;
    }
    const twin = taken.get(key);
    if (twin !== undefined) {
      refuse("version-unique", `clients cannot tell it from ${quoted(twin)}, which the record has before it`);
      continue;
    }
    taken.set(key, entry.version);
    // A tag can be moved, a commit cannot; old records know only the tag. Empty text stands for "not known".
    const ref = entry.value.commit || entry.version;
    versions.push({ version: parsed.version, location: `git::${source}?ref=${ref}` });
  }
  return { warnings, versions: versions.sort((a, b) => compareVersions(b.version, a.version)), findings };
}

/**
 * The URL of the module's repository; null when the record's own cannot be used. Always https, save for a repository on
 * the registry's own server where that speaks plain http: there is nothing else to fetch it by.
 */
function repositoryUrl(record: ModuleRecord, settings: PublishSettings): string | null {
  const server = settings.serverUrl ?? "https://github.com";
  const { repository } = record.rawHead;
  if (repository === undefined || repository === null || repository === "") {
    const address: ModuleAddress = { ...record.address, namespace: ownerOf(record.address.namespace, settings) };
    return `${server}/${defaultRepository(address)}`;
  }
  const form = /^(https?):\/\/([0-9A-Za-z.-]+(?::\d+)?)\/([0-9A-Za-z-]+)\/([0-9A-Za-z._-]+?)(?:\.git)?\/?$/;
  const [, written, host, owner, name] = (typeof repository === "string" ? form.exec(repository) : null) ?? [];
  // Dots alone would be a step in a path.
  if (name === undefined || name === "." || name === "..") return null;
  const protocol = `${written}://${host}`.toLowerCase() === server.toLowerCase() ? written : "https";
  return `${protocol}://${host}/${owner}/${name}`;
}
