import { addressText } from "../../registry/address.ts";
import { listed, plainText } from "../../registry/plain-text.ts";
import type { ReviewInput } from "../../rules/rule.ts";
import { codeSpan, escapeMarkdown } from "../markdown.ts";
import { releaseUrl, treeUrl } from "../urls.ts";
import { fittingRows } from "./fitting-rows.ts";
import type { Story } from "./story.ts";

/** What the change does, and from which releases and tags. Markdown. */
export function sawSection({ input, headSha, serverUrl }: Pick<Story, "input" | "headSha" | "serverUrl">): string {
  const lines = input.change.records.map((record) => {
    const address = codeSpan(plainText(addressText(record.address)));
    const acts = [
      ...(record.before === null ? ["new record"] : []),
      ...countOf("adds", record.added),
      ...countOf(
        "rewrites",
        record.altered.map((altered) => altered.after),
      ),
      ...countOf("removes", record.removed),
    ];
    const doing = acts.length === 0 ? "changes outside its versions" : acts.join("; ");
    return `- ${address}: ${doing}${releasesOf(record.path, input, serverUrl)}`;
  });
  const keys = input.change.keys.map((file) => `- signing key ${codeSpan(plainText(file.path))}`);
  const rest = (missing: number) => `- … and ${missing} more.`;
  const rows = fittingRows([...lines, ...keys], (line) => line, { most: 60, room: 12_000, rest });
  return [`**What I saw** at head ${codeSpan(headSha.slice(0, 12))}:`, ...rows].join("\n");
}

function countOf(verb: string, entries: readonly { readonly version: string }[]): string[] {
  if (entries.length === 0) return [];
  return [`${verb} ${listed(entries.map((entry) => codeSpan(plainText(entry.version, 60))))}`];
}

function releasesOf(path: string, input: ReviewInput, serverUrl: string): string {
  const found = Object.entries(input.evidence).flatMap(([key, evidence]) => {
    if (!key.startsWith(`${path}@`)) return [];
    if (evidence.kind === "module") {
      if (evidence.tag.kind !== "found") return [];
      const { name, commit } = evidence.tag;
      const url = treeUrl(serverUrl, evidence.asked, name);
      return [`[tag ${escapeMarkdown(plainText(name, 60))}](<${url}>) at commit ${codeSpan(commit.slice(0, 12))}`];
    }
    if (evidence.release.kind !== "found") return [];
    const { tag, assets } = evidence.release;
    const url = releaseUrl(serverUrl, evidence.asked, tag);
    return [`[release ${escapeMarkdown(plainText(tag, 60))}](<${url}>) with ${assets.length} files`];
  });
  return found.length === 0 ? "" : `, from ${listed(found, 3)}`;
}
