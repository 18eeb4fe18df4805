import { listed, plainText, quoted } from "../../registry/plain-text.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";

/** A key that is proposed, as people compare it. */
interface ProposedKey {
  readonly path: string;
  readonly key: {
    readonly fingerprint: string;
    readonly algorithm: string;
    readonly createdAt: string;
    readonly expiresAt: string | null;
    readonly userIds: readonly string[];
  };
  readonly from: string;
  readonly verifies: readonly string[];
  readonly looked: number;
}

/** The description of a pull request with keys that Registrar has found, for the maintainer who decides. Markdown. */
export function renderKeyProposals(proposals: readonly ProposedKey[]): string {
  const rows = proposals.map(({ path, key, from, verifies, looked }) =>
    row(
      codeSpan(plainText(path)),
      `${codeSpan(key.fingerprint)} (${key.algorithm}, made on ${key.createdAt.slice(0, 10)}, ${expiry(key.expiresAt)})`,
      listed(
        key.userIds.slice(0, 3).map((userId) => sentenceToMarkdown(quoted(userId, 100))),
        3,
      ),
      sentenceToMarkdown(from),
      `${verifies.length} of ${looked}: ${listed(
        verifies.map((one) => codeSpan(plainText(one, 140))),
        3,
      )}`,
    ),
  );
  return [
    "Adds the signing keys of namespaces that have none. Each was found as the table says, and verifies what the namespace has published; that it is the author's is for a maintainer to decide, once for all of them: users trust what these keys sign from then on.",
    "",
    row("file", "key", "user ids", "found", "verifies"),
    "|---|---|---|---|---|",
    ...rows,
    "",
    "An approving review by a maintainer merges it, and what waits for these keys is judged again by itself. To leave one out, close this pull request and add the others by hand.",
  ].join("\n");
}

const expiry = (expiresAt: string | null): string =>
  expiresAt === null ? "never expires" : `expires on ${expiresAt.slice(0, 10)}`;

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
