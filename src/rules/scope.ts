import type { Change } from "../registry/change.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import { roleOf } from "../registry/tree.ts";
import { fail, hold, pass, type ReviewInput, type Rule, type Said } from "./rule.ts";

/** What one pull request from others than Registrar may do at most. */
export const limits = { namespaces: 1, records: 10, versions: 50, bytes: 25 * 1024 * 1024 } as const;

/** How much of a push is looked up upstream: each version costs some six requests. */
export const pushLimits = { namespaces: 50, records: 50, versions: 50, bytes: limits.bytes } as const;

export const scope: Rule = {
  code: "scope",
  title: "A pull request touches registry data only, and not too much of it",
  help: "Small pull requests can be judged as a whole. Anything beside records and keys is for a maintainer to merge.",
  example: "A pull request that adds a version and edits README.md.",
  liftable: false,
  per: "pull-request",
  check: (input) => {
    const { change } = input;
    const said = [...unreadable(input), ...foreignFiles(change), ...oddModes(change)];
    if (!input.byRegistrar) {
      const next = "Split it up.";
      said.push(...tooMuch(input, limits).map((much) => fail(`The pull request has ${much}.`, next)));
    }
    return said.length > 0 ? said : pass("The pull request touches registry data only.");
  },
};

/**
 * What the same promise means for a push that came without a pull request: whoever may push may touch other files as well,
 * and as many as they like; but what is too much to be judged is said, and not taken for right.
 */
export const pushScope: Rule = {
  ...scope,
  per: "pull-request",
  check: (input) => {
    const next = "Nothing has to be done, but pull requests of a few records each would have been verified.";
    const much = tooMuch(input, pushLimits).map((count) =>
      hold(`Upstream was not asked: the push has ${count}.`, next),
    );
    const said = [...unreadable(input), ...oddModes({ ...input.change, others: [] }), ...much];
    return said.length > 0 ? said : pass("The push can be judged as a whole.");
  },
};

function unreadable({ listing }: ReviewInput): Said[] {
  if (listing.complete) return [];
  const what = listing.problem ?? "GitHub did not list every file that it touches.";
  return [hold(`The pull request cannot be judged as a whole: ${what}`, "Split it into smaller pull requests.")];
}

function foreignFiles(change: Change): Said[] {
  const foreign = [...change.others, ...(change.configuration === null ? [] : [change.configuration])];
  if (foreign.length === 0) return [];
  const names = listed(foreign.map((file) => plainText(file.path)));
  return [
    fail(
      `The pull request touches registry data and other files as well: ${names}.`,
      "Put the other files into a pull request of their own.",
    ),
  ];
}

function oddModes(change: Change): Said[] {
  const files = [...change.keys, ...change.misplaced, ...change.others];
  const touched = [...files, ...change.records.map((record) => ({ path: record.path, mode: record.mode }))];
  return touched
    .filter((file) => file.mode !== null && file.mode !== "100644")
    .map((file) =>
      fail(
        `${plainText(file.path)} is no regular file (git mode ${file.mode}, not 100644).`,
        "Add it as a plain file.",
        {
          path: file.path,
        },
      ),
    );
}

/** What there is too much of, e.g. "11 records; at most 10". */
function tooMuch(
  { change, listing, layout }: ReviewInput,
  most: Readonly<Record<keyof typeof limits, number>>,
): string[] {
  const ofKeys = change.keys.flatMap(({ path }) => {
    const role = roleOf(path, layout);
    return role.kind === "key" ? [role.namespace] : [];
  });
  const ofRecords = change.records.map((record) => record.address.namespace);
  const namespaces = new Set([...ofRecords, ...ofKeys].map((name) => name.toLowerCase()));
  // Each of them is looked up upstream, a rewritten one like an added one.
  const versions = change.records.reduce((sum, { added, altered }) => sum + added.length + altered.length, 0);
  const counts = [
    { what: "namespaces", count: namespaces.size, allowed: most.namespaces },
    { what: "records", count: change.records.length, allowed: most.records },
    { what: "added or rewritten versions", count: versions, allowed: most.versions },
    { what: "bytes", count: listing.bytes, allowed: most.bytes },
  ];
  return counts
    .filter(({ count, allowed }) => count > allowed)
    .map(({ what, count, allowed }) => `${count} ${what}; at most ${allowed}`);
}
