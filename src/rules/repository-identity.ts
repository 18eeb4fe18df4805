import { plainText, quoted } from "../registry/plain-text.ts";
import { hold, notice, orPass, pass, type Rule, type Said } from "./rule.ts";

export const repositoryIdentity: Rule = {
  code: "repository-identity",
  title: "The repository is the one that the record has always come from",
  help: "Names can change hands: a deleted account or repository may be made again by somebody else. GitHub's numeric ids cannot, so a record keeps them. A renamed account keeps both ids; a transferred repository has another owner id, a re-created one another repository id.",
  example: "acme deletes its account, and somebody else registers the name and makes the repository again.",
  liftable: false,
  per: "version",
  upstream: true,
  check: ({ change, tip, evidence }) => {
    // As written: an id that cannot be read is not the same as none.
    const recorded = (tip ?? change.before ?? change.after)?.rawHead;
    if (evidence?.repository.kind !== "found" || recorded === undefined)
      return pass("There is no repository to compare.");
    const { id, ownerId, fullName } = evidence.repository;
    const { asked } = evidence;
    const said: Said[] = [];
    if (recorded.repository_id !== undefined && recorded.repository_id !== id) {
      said.push(
        hold(
          `The repository ${plainText(fullName)} has the id ${id}; the record knows ${quoted(recorded.repository_id)}. It was made again, maybe by somebody else.`,
          "A maintainer finds out who owns it now before anything of it is trusted.",
        ),
      );
    } else if (recorded.owner_id !== undefined && recorded.owner_id !== ownerId) {
      said.push(
        hold(
          `The repository ${plainText(fullName)} belongs to the account ${ownerId}; the record knows ${quoted(recorded.owner_id)}. It was transferred.`,
          "A maintainer finds out whether the new owner may release for this address, and changes owner_id in the record.",
        ),
      );
    } else if (tip !== null && (recorded.repository_id === undefined || recorded.owner_id === undefined)) {
      said.push(
        hold(
          `The record does not hold the ids of its repository (${id}) and its owner (${ownerId}), so nobody can tell whether ${plainText(fullName)} is still the one that it has always come from.`,
          "A maintainer has the ids recorded first (registrar adopt), or decides about this version.",
          { liftable: true },
        ),
      );
    }
    if (said.length === 0 && recorded.repository_id === id && isRenamed(asked, fullName)) {
      return [
        notice(
          `The repository ${quoted(asked)} is called ${quoted(fullName)} now. It has the recorded ids, so it is the one that it has always been.`,
        ),
      ];
    }
    return orPass(said, "The repository has the recorded ids.");
  },
};

/** By the same account; one whose account was renamed is the rule repository-owner's to tell. */
function isRenamed(asked: string, fullName: string): boolean {
  const [before, now] = [asked.toLowerCase(), fullName.toLowerCase()];
  return before !== now && before.split("/", 1)[0] === now.split("/", 1)[0];
}
