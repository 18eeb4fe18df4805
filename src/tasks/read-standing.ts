import type { PullRequest } from "../github/port.ts";
import type { TouchedFile } from "../registry/change.ts";
import type { RegistryRecord } from "../registry/record.ts";
import { roleOf } from "../registry/tree.ts";
import type { KeyFileFacts, Standing } from "../rules/key-facts.ts";
import type { KeySources } from "../upstream/key-sources.ts";
import type { Base } from "./base.ts";
import type { Unavailable } from "./upstream-answers.ts";

type Read = Pick<KeyFileFacts, "standing" | "otherOwners"> & { readonly unavailable: Unavailable | null };

/** Who proposes a key, seen from the account that its namespace is named after; by ids, never by names alone. */
export async function readStanding(
  { readAccount, isPublicMember }: KeySources,
  of: {
    readonly file: TouchedFile;
    readonly records: readonly RegistryRecord[];
    readonly base: Base;
    readonly author: PullRequest["author"] | null;
    readonly byRegistrar: boolean;
  },
): Promise<Read> {
  const { author, byRegistrar } = of;
  const role = roleOf(of.file.path, of.base.layout);
  const nobody: Standing = byRegistrar ? { kind: "registrar" } : { kind: "nobody" };
  // What nobody has opened is nobody's to be of the namespace.
  if (role.kind !== "key" || (author === null && !byRegistrar))
    return { standing: nobody, otherOwners: [], unavailable: null };
  const account = await readAccount(role.namespace);
  if (account.kind === "unavailable") return { standing: nobody, otherOwners: [], unavailable: account };
  if (account.kind === "missing") {
    return { standing: { kind: "no-account", account: role.namespace }, otherOwners: [], unavailable: null };
  }
  const recorded = [...new Set(of.records.flatMap(({ head }) => head.owner_id ?? []))];
  const otherOwners = recorded.includes(account.id) ? [] : recorded;
  const answer = (standing: Standing): Read => ({ standing, otherOwners, unavailable: null });
  if (byRegistrar || author === null) return answer(nobody);
  const { login } = author;
  if (author.id === account.id) return answer({ kind: "owner", login });
  const member = account.isOrganization ? await isPublicMember(account.login, login) : null;
  if (member?.kind === "unavailable") return { standing: nobody, otherOwners, unavailable: member };
  if (member?.kind === "found" && member.member) {
    return answer({ kind: "member", login, organization: account.login });
  }
  return answer({ kind: "stranger", login, account: account.login });
}
