import { type Finding, worstOutcome } from "../registry/finding.ts";
import { digestFindings, type Verdict } from "../rules/verdict.ts";

/** A maintainer's word that what one rule says of one commit may stand. */
export interface Waiver {
  readonly rule: string;
  readonly headSha: string;
  /** Of everything that the rule objected to when the waiver was given: `digestFindings`. */
  readonly objections: string;
  readonly by: { readonly id: number; readonly login: string };
  /** As the maintainer wrote it. */
  readonly because: string;
}

/** What a waiver may lift: what a rule that allows it fails or holds. A retry settles by itself. */
const mayBeWaived = ({ outcome, waivable }: Finding): boolean =>
  waivable === true && (outcome === "fail" || outcome === "hold");

/** What one rule objects to, as far as it may be waived. */
export const objectionsOf = ({ findings }: Verdict, rule: string): readonly Finding[] =>
  findings.filter((finding) => finding.code === rule && mayBeWaived(finding));

/** A finding that a maintainer has waived. */
export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

/** What the waivers lift: exactly what the rule said when they were given, of the very commit that they name. Pure. */
export function findWaived(
  verdict: Verdict,
  { waivers, headSha }: { readonly waivers: readonly Waiver[]; readonly headSha: string },
): readonly WaivedFinding[] {
  return waivers
    .filter((waiver, index) => waivers.findIndex(({ rule }) => rule === waiver.rule) === index)
    .flatMap((waiver) => {
      const objections = objectionsOf(verdict, waiver.rule);
      const counts = waiver.headSha === headSha && waiver.objections === digestFindings(objections);
      return counts ? objections.map((finding) => ({ finding, waiver })) : [];
    });
}

/** What is left of a verdict. Where its outcome is worse than its findings say, nothing makes it better. */
export function withoutWaived(verdict: Verdict, waived: readonly WaivedFinding[]): Verdict {
  if (waived.length === 0) return verdict;
  const lifted = new Set(waived.map(({ finding }) => finding));
  const findings = verdict.findings.filter((finding) => !lifted.has(finding));
  const explained = worstOutcome(verdict.findings) === verdict.outcome;
  return { outcome: explained ? worstOutcome(findings) : verdict.outcome, findings };
}

/** Codes of the rules that a maintainer could waive now, worst first. */
export const waivableRules = (verdict: Verdict): readonly string[] => [
  ...new Set(verdict.findings.filter(mayBeWaived).map(({ code }) => code)),
];
