import { listed, plainText } from "../registry/plain-text.ts";
import type { RepositoryIds } from "../registry/write-record.ts";
import { codeSpan, escapeMarkdown, sentenceToMarkdown } from "./markdown.ts";
import { repositoryUrl } from "./urls.ts";

/** What a run of `registrar adopt` found, as its report shows it. */
export interface AdoptionReport {
  readonly adopted: readonly {
    readonly path: string;
    /** `owner/name` */
    readonly repository: string;
    readonly createdAt: string | null;
    readonly ids: RepositoryIds;
    /** Recorded versions that upstream serves today as they are recorded. */
    readonly equal: readonly string[];
  }[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
  /** Where releases are, e.g. `https://github.com`. */
  readonly serverUrl: string;
}

/** Rows of each table; a pull request's description has room for some more. */
const mostRows = 200;

/** The description of the pull request that adds the ids, for the maintainer who reviews it. Markdown. */
export function renderAdoptionReport({ adopted, left, serverUrl }: AdoptionReport): string {
  const parts = [
    adopted.length === 0 ? "No record gets its ids." : adoptedTable(adopted, serverUrl),
    left.length === 0 ? "" : leftTable(left),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

// One line each: GitHub shows a line break in a description as one.
const intro = [
  "Adds `repository_id` and `owner_id`, GitHub's numeric ids, to records that lack them. They guard a record against names that change hands, so they have to be right: from the merge on, a record follows this repository alone.",
  "",
  "What speaks for each: the repository belongs to the account of the namespace, it is not younger than what is recorded of it, and what it serves today is what the record has held for these versions.",
].join("\n");

function adoptedTable(adopted: AdoptionReport["adopted"], serverUrl: string): string {
  const rows = adopted.slice(0, mostRows).map(({ path, repository, ids, createdAt, equal }) => {
    const name = plainText(repository);
    const link = `[${escapeMarkdown(name)}](<${repositoryUrl(serverUrl, name)}>)`;
    const versions = listed(equal.map((version) => codeSpan(plainText(version, 60))));
    return row(
      codeSpan(plainText(path)),
      link,
      String(ids.repository_id),
      String(ids.owner_id),
      escapeMarkdown(plainText(createdAt?.slice(0, 10) ?? "?")),
      versions,
    );
  });
  const header = row("record", "repository", "repository_id", "owner_id", "created", "the same today");
  return [intro, "", header, "|---|---|---|---|---|---|", ...rows, ...more(adopted.length)].join("\n");
}

function leftTable(left: AdoptionReport["left"]): string {
  const rows = left
    .slice(0, mostRows)
    .map(({ path, reason }) => row(codeSpan(plainText(path)), sentenceToMarkdown(plainText(reason, 1000))));
  return ["Left as they are:", "", row("record", "why"), "|---|---|", ...rows, ...more(left.length)].join("\n");
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const more = (count: number): string[] => (count > mostRows ? ["", `… and ${count - mostRows} more.`] : []);
