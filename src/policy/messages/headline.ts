import { addressText } from "../../registry/address.ts";
import type { Change } from "../../registry/change.ts";
import { plainText } from "../../registry/plain-text.ts";
import type { Story } from "./story.ts";

/** One line that says how things stand; at most 255 characters, plain text. */
export function headline({ input, decision, merged, waived = [] }: Story): string {
  const what = `${subject(input.change)}${waived.length === 0 ? "" : ", but for what was waived,"}`;
  if (merged) return `${what} is verified and merged`;
  switch (decision.kind) {
    case "not-ours":
      return decision.harmless ? "Not a change of the registry" : "Not a change of the registry's default branch";
    case "misconfigured":
      return "The registry's configuration has to be mended first";
    case "merge":
      return `${what}${isVerified}`;
    case "ready":
      return `${what} is verified; ${decision.because === "draft" ? "this is a draft" : "merging is paused"}`;
    case "stopped":
      return `${what} is verified; merging is stopped`;
    case "duplicate":
      return `The same commit as pull request ${decision.of}`;
    case "outdated":
      return `${what} is right, but the branch ${decision.because === "conflict" ? "conflicts with the base" : "is behind"}`;
    case "blocked":
      return `${what} cannot be merged as it is`;
    case "wait":
      return `${what} has to wait`;
    case "ask-maintainers":
      return `${what} waits for a maintainer`;
  }
}

/** "acme/dns 1.3.0", "acme/dns (3 versions)", "2 records", …; plain text. */
export function subject(change: Change): string {
  const [only, ...others] = change.records;
  if (only !== undefined && others.length > 0) return `A change of ${change.records.length} records`;
  if (only === undefined) return change.keys.length > 0 ? "A change of signing keys" : "This change";
  const touched = [...only.added, ...only.altered.map((altered) => altered.after), ...only.removed];
  const address = plainText(addressText(only.address), 120);
  const [version] = touched;
  if (touched.length === 1 && version !== undefined) return `${address} ${plainText(version.version, 60)}`;
  return touched.length === 0 ? address : `${address} (${touched.length} versions)`;
}

/** How the headline of a verdict ends that lets a change be merged. */
export const isVerified = " is verified";
