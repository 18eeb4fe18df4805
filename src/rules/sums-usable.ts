import { listed, plainText, quoted } from "../registry/plain-text.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { Sums } from "../upstream/sums.ts";
import { fail, orPass, type Rule, type Said, waitFor, waitForUpstream } from "./rule.ts";

const remedy =
  "Make SHA256SUMS anew with one line for each file (64 hex digits, two spaces, the name) and nothing else, sign it, and release under a new version.";

export const sumsUsable: Rule = {
  code: "sums-usable",
  title: "Every line of SHA256SUMS is fit for every client",
  help: "SHA256SUMS is signed by its author, so no registry can repair it. A blank line crashes clients; a comment or a line with another kind of hash makes them forget the hashes of all other platforms.",
  example: "A SHA256SUMS that ends with an empty line.",
  liftable: false,
  per: "provider-version",
  upstream: true,
  check: ({ evidence }, input) => {
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    if (evidence.sums.kind === "unavailable") return waitFor(evidence.sums);
    if (evidence.sums.kind === "missing") return [fail(evidence.sums.reason, remedy)];
    const sums = sumsOf(evidence);
    if (sums.lines.length + sums.unreadable.length === 0) return [fail("SHA256SUMS is empty.", remedy)];
    return orPass([...unreadable(sums), ...contradictions(sums)], "Clients can read every line.");
  },
};

function unreadable({ unreadable: lines }: Sums): Said[] {
  const [first] = lines;
  if (first === undefined) return [];
  const what = first.text.trim() === "" ? "is blank, which crashes clients" : `is ${quoted(first.text, 80)}`;
  const more = lines.length === 1 ? "" : ` There are ${lines.length} such lines.`;
  return [fail(`Clients cannot read SHA256SUMS: line ${first.line} ${what}.${more}`, remedy)];
}

/** Clients take the first line of a file; whoever reads the last one would install something else. */
function contradictions({ lines }: Sums): Said[] {
  const hashes = new Map<string, string>();
  const names = new Set<string>();
  for (const { filename, sha256 } of lines) {
    if ((hashes.get(filename) ?? sha256) !== sha256) names.add(filename);
    else hashes.set(filename, sha256);
  }
  if (names.size === 0) return [];
  const shown = listed([...names].map((name) => plainText(name, 160)));
  return [fail(`SHA256SUMS gives more than one hash for ${shown}.`, remedy)];
}
