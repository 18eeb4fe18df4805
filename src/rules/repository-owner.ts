import { sameName } from "../registry/address.ts";
import { ownerOf } from "../registry/namespaces.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { fail, hold, notice, pass, type RecordSubject, type Rule } from "./rule.ts";

export const repositoryOwner: Rule = {
  code: "repository-owner",
  title: "The repository belongs to the account that its namespace stands for",
  help: "Whoever reads acme/dns trusts the account acme. A namespace stands for the account of its name, or for the one that the registry's configuration maps it to. The repository's name is taken from GitHub, so that an account which was renamed is seen under its new name: as long as it has the recorded ids, that is only mentioned.",
  example: "A new record acme/dns whose `repository` is https://github.com/globex/terraform-provider-dns.",
  liftable: true,
  waivable: true,
  per: "version",
  upstream: true,
  check: ({ change, tip, evidence }, { settings }) => {
    // Whether there is a repository is said by `release-published`.
    if (evidence?.repository.kind !== "found") return pass("There is no repository to look at.");
    const { namespace } = change.address;
    const expected = ownerOf(namespace, settings);
    const { id, ownerId, fullName } = evidence.repository;
    const owner = fullName.split("/", 1)[0] ?? "";
    if (sameName(owner, expected)) return pass(`The repository belongs to ${plainText(owner)}.`);
    const said = `The repository ${plainText(fullName)} belongs to ${quoted(owner)}, not to ${quoted(expected)}, ${stands(namespace, expected)}.`;
    if (tip === null) {
      return [
        fail(
          said,
          `Choose an address in the namespace of ${quoted(owner)}, or release from a repository of ${quoted(expected)}. A maintainer can also map the namespace to another account, in the registry's configuration.`,
          { pointer: "/repository" },
        ),
      ];
    }
    if (hasIds(tip, { id, ownerId })) {
      return [notice(`${said} It has the ids that the record knows, so it is the one that it has always been.`)];
    }
    return [
      hold(
        said,
        "A maintainer finds out whether that account may release for this address. Recording repository_id and owner_id, or mapping the namespace in the registry's configuration, settles it for good.",
      ),
    ];
  },
};

const stands = (namespace: string, expected: string): string =>
  sameName(namespace, expected)
    ? "the account of its namespace"
    : `the account that the configuration maps ${quoted(namespace)} to`;

/** Both as written on the base: an id that is missing or cannot be read says nothing. */
function hasIds(
  { rawHead }: NonNullable<RecordSubject["tip"]>,
  { id, ownerId }: { readonly id: number; readonly ownerId: number },
): boolean {
  return rawHead.repository_id === id && rawHead.owner_id === ownerId;
}
