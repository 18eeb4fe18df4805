import type { Finding } from "../../registry/finding.ts";
import type { PublishedDocument } from "../document.ts";
import type { Withdrawal } from "../summary.ts";

export interface NamespaceStatus {
  readonly findings: readonly Finding[];
  readonly withdrawn: readonly (Withdrawal & { readonly path: string })[];
}

/**
 * `status/<name>.json`: what of a namespace is not published, and why: left out, withdrawn, and what is published but worth
 * knowing. None where there is nothing to say.
 */
export function namespaceStatus(name: string, { findings, withdrawn }: NamespaceStatus): readonly PublishedDocument[] {
  if (findings.length + withdrawn.length === 0) return [];
  const told = (wanted: boolean) =>
    findings
      .filter(({ outcome }) => (outcome === "pass") === wanted)
      .map(({ code, path, version, pointer, message, next }) => ({ code, path, version, pointer, message, next }));
  const body = JSON.stringify({ left_out: told(false), withdrawn, notices: told(true) });
  return [{ path: `status/${name}.json`, body, kind: "list" }];
}
