import { listed, plainText } from "../registry/plain-text.ts";
import type { KeyFileFacts } from "./key-facts.ts";
import { blockedProblems, nameProblems, parsedProblems, severalKeys, textProblems } from "./key-file-problems.ts";
import { changeText, coversText, lookText, lostText, otherOwnersText, standingText } from "./key-texts.ts";
import { fail, hold, notice, pass, type ReviewInput, type Rule, retry, type Said } from "./rule.ts";

export const keyChange: Rule = {
  code: "key-change",
  title: "A change of keys is never merged by itself, and never together with versions",
  help: "A key decides whose releases users trust. With versions in the same pull request the key would vouch for itself. The answer shows the key, every address that it would sign for, which published versions it verifies or takes away, and who proposes it.",
  example: "A pull request that adds keys/acme/new.asc and version 1.3.0 of acme/dns.",
  liftable: true,
  per: "file",
  check: (file, input) => {
    const { change, layout } = input;
    if (!change.keys.includes(file)) return pass("The file is no key.");
    const name = plainText(file.path);
    const facts = input.keyFacts?.[file.path];
    const said = file.after === null ? [] : textProblems(name, file.after);
    if (file.before === null) said.push(...nameProblems(file.path, layout));
    // What is wrong with the text says it better than what the parser makes of it.
    if (facts !== undefined && said.length === 0)
      said.push(...severalKeys(name, facts.after), ...parsedProblems(name, facts));
    if (change.records.length > 0) {
      said.push(
        fail(`${name} is changed together with records.`, "Make two pull requests: first the key, then the versions."),
      );
    }
    said.push(...aboutFacts(name, facts, input));
    // A maintainer is asked about what could be merged; of the rest the same is only worth knowing.
    if (!said.some(({ outcome }) => outcome === "fail")) return said;
    return said.map((one) => (one.outcome === "hold" ? notice(one.message) : one));
  },
};

const trust =
  "A maintainer finds out, by another way than this pull request, whether it is the author's key, and approves the pull request if it is.";

function aboutFacts(
  name: string,
  facts: KeyFileFacts | undefined,
  { settings, now, evidenceRead }: ReviewInput,
): Said[] {
  if (facts === undefined) {
    // What is out of scope is not looked up, and cannot be merged anyway.
    return [
      hold(`${name} is a signing key.`, trust),
      ...(evidenceRead ? [retry(`The key in ${name} has not been looked at. This is not your fault.`, null)] : []),
    ];
  }
  const { before, after, covers, sameElsewhere, look, standing, otherOwners, unavailable } = facts;
  const said = blockedProblems(name, after, settings.blocked.fingerprints);
  if (unavailable !== null) said.push(retry(`${unavailable.reason} This is not your fault.`, unavailable.retryAt));
  const lost = look.lost.length === 0 ? "" : ` ${lostText(look.lost)}`;
  const next =
    look.lost.length === 0 ? trust : `${trust} Where those versions are to stay, keep the old key beside the new one.`;
  said.push(hold(`${changeText(name, { before, after, now })}${lost}`, next));
  const known = [
    coversText(covers),
    ...(after.length > 0 ? [lookText(look)] : []),
    ...(sameElsewhere.length > 0
      ? [`The registry has the same key already, in ${listed(sameElsewhere.map((path) => plainText(path)))}.`]
      : []),
    ...[standingText(standing)].flatMap((text) => text ?? []),
    ...(otherOwners.length > 0 ? [otherOwnersText(otherOwners)] : []),
  ];
  said.push(notice(`${name}: ${known.join(" ")}`));
  return said;
}
