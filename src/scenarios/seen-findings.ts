/** Something that a rule objects to, as a reader of the check sees it. */
export interface SeenFinding {
  readonly code: string;
  readonly outcome: "fail" | "retry" | "hold";
  readonly version?: string;
}

const outcomes: Readonly<Record<string, SeenFinding["outcome"]>> = { "❌": "fail", "⏳": "retry", "✋": "hold" };

/** A row of the folded table of all answers: icon, rule, version (a code span, or nothing), answer. */
const row = /^\| (❌|⏳|✋) \| `([a-z-]+)` \| ([^|]*)\|/gmu;

/**
 * What is objected to in a verdict, each once, worst first: read from the table that a check's page shows, since that is
 * what the pull request was last told. Judging it again would say what is so now.
 */
export function readFindings(summary: string): readonly SeenFinding[] {
  const seen = new Map<string, SeenFinding>();
  for (const [line, icon = "", code = "", cell = ""] of summary.matchAll(row)) {
    const outcome = outcomes[icon];
    if (outcome === undefined) throw new Error(`The row ${line} has an unknown icon.`);
    const version = cell.trim().replace(/^(`+) ?(.*?) ?\1$/, "$2");
    seen.set(`${icon} ${code} ${version}`, { code, outcome, ...(version === "" ? {} : { version }) });
  }
  return [...seen.values()];
}
