import { isObject } from "../registry/json.ts";
import { plainText } from "../registry/plain-text.ts";
import type { RegistryRecord } from "../registry/record.ts";

/** What the index and the status of a namespace say of one record; kept, so that they can be written without reading it. */
export interface RecordSummary {
  /** The newest published version that is no pre-release, else the newest; null where nothing is published. */
  readonly latest: string | null;
  /** Published versions. */
  readonly versions: number;
  readonly warnings: readonly string[];
  readonly withdrawn: readonly Withdrawal[];
}

export interface Withdrawal {
  readonly version: string;
  readonly reason: string;
  /** ISO 8601, as recorded. */
  readonly since?: string;
}

/** Of a record with the versions that are published, newest first. */
export function summaryOf(
  record: RegistryRecord,
  {
    versions,
    warnings,
  }: { readonly versions: readonly { readonly version: string }[]; readonly warnings: readonly string[] },
): RecordSummary {
  const names = versions.map(({ version }) => version);
  return {
    latest: names.find((name) => !name.includes("-")) ?? names[0] ?? null,
    versions: names.length,
    warnings,
    withdrawn: withdrawals(record.rawHead.withdrawn),
  };
}

/** Whatever can be read of them: a tombstone without a reason is one too. */
function withdrawals(value: unknown): readonly Withdrawal[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const { version, reason, since } = isObject(item) ? item : { version: item, reason: null, since: null };
    if (typeof version !== "string") return [];
    return [
      {
        version: plainText(version),
        reason: typeof reason === "string" ? plainText(reason, 2000) : "",
        ...(typeof since === "string" && since !== "" ? { since: plainText(since) } : {}),
      },
    ];
  });
}
