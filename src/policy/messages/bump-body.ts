import { addressText } from "../../registry/address.ts";
import { listed, plainText } from "../../registry/plain-text.ts";
import type { RegistryRecord } from "../../registry/record.ts";
import type { ModuleVersion, ProviderVersion } from "../../registry/schema.ts";
import { codeSpan } from "../markdown.ts";

/** The description of a bump of ours. Markdown. */
export function renderBumpBody(
  { address }: RegistryRecord,
  versions: readonly (ProviderVersion | ModuleVersion)[],
): string {
  const rows = versions.map((version) => `- ${codeSpan(plainText(version.version, 60))}, ${originOf(version)}`);
  const checks =
    address.kind === "provider"
      ? "rebuilds every version from its release and checks hashes and signature"
      : "rebuilds every version from its tag and checks that the tag still names that commit";
  return [
    `Adds to ${codeSpan(plainText(addressText(address)))} what its author has released:`,
    rows.join("\n"),
    `Registrar ${checks} before anything is merged; its comment below says how that went.`,
  ].join("\n\n");
}

/** The description of a pull request of ours that bumps many records. Markdown. */
export function renderGroupBody(
  members: readonly { readonly record: RegistryRecord; readonly versions: readonly { readonly version: string }[] }[],
): string {
  const rows = members.map(
    ({ record, versions }) =>
      `- ${codeSpan(plainText(addressText(record.address)))}: ${listed(versions.map(({ version }) => codeSpan(plainText(version, 60))))}`,
  );
  return [
    `Adds what the authors of these ${members.length} records have released, found by a look at all of them:`,
    rows.join("\n"),
    "Registrar rebuilds every version from its release and checks hashes and signature before anything is merged. If one of them does not pass, this pull request is closed and each record gets one of its own.",
  ].join("\n\n");
}

function originOf(version: ProviderVersion | ModuleVersion): string {
  if (!("targets" in version)) return `the commit ${codeSpan(plainText(version.commit ?? "", 60))} that its tag names`;
  return `${version.targets.length} archives, from the release ${codeSpan(plainText(version.tag ?? "", 60))}`;
}
