import type { PublishReport } from "../publish/publish.ts";
import { listed, plainText } from "../registry/plain-text.ts";

/** What a publication looked at, and what came of it, on one line. */
export function publishText(report: PublishReport, dryRun: boolean): string {
  const { to, written, unchanged, deleted, findings, ms } = report;
  const wrote = dryRun ? `${written} to write` : `${written} written`;
  const removed = dryRun ? `${deleted} to remove` : `${deleted} removed`;
  const found = counted(findings.length, "finding");
  const counts = `${wrote}, ${unchanged} unchanged, ${removed}, ${found}, ${(ms / 1000).toFixed(1)} s`;
  return `${dryRun ? "would publish" : "published"} ${lookedAt(report)} to ${to}: ${counts}`;
}

/** Numbers that follow are of this alone. */
function lookedAt({ namespaces, documents }: PublishReport): string {
  const all = counted(documents, "document");
  if (namespaces === null) return all;
  if (namespaces.length === 0) return `${all}, no namespace having changed since the last time,`;
  const names = listed(namespaces.map((name) => plainText(name)));
  return `${all} of the ${counted(namespaces.length, "namespace")} that may have changed (${names})`;
}

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
