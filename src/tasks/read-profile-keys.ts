import type { Candidate } from "../bump/propose-keys.ts";
import { plainText } from "../registry/plain-text.ts";
import type { FindKeysContext } from "./keyless-namespaces.ts";
import type { Unavailable } from "./upstream-answers.ts";

/** Members of an organisation whose profiles are looked at. */
const mostMembers = 20;

/** The keys on the profile of the account, or, of an organisation, on those of its public members; until all wanted ones are found. */
export async function readProfileKeys(
  { keySources, readKeys }: FindKeysContext,
  { owner, wanted }: { readonly owner: string; readonly wanted: ReadonlySet<string> },
): Promise<{ readonly kind: "found"; readonly candidates: readonly Candidate[] } | Unavailable> {
  const candidates: Candidate[] = [];
  const account = await keySources.readAccount(owner);
  if (account.kind === "unavailable") return account;
  if (account.kind === "missing") return { kind: "found", candidates };
  const people = account.isOrganization ? await keySources.listPublicMembers(account.login) : null;
  if (people?.kind === "unavailable") return people;
  const logins = people === null ? [account.login] : people.kind === "found" ? people.logins : [];
  const open = new Set(wanted);
  for (const login of logins.slice(0, mostMembers)) {
    if (open.size === 0) break;
    const listed = await keySources.listProfileKeys(login);
    if (listed.kind === "unavailable") return listed;
    const texts = listed.kind === "found" ? listed.keys.flatMap(({ armor }) => armor ?? []) : [];
    const who = people === null ? "" : `, a public member of ${plainText(owner, 60)}`;
    const from = `the profile of ${plainText(login, 60)}${who}`;
    for (const text of texts) {
      for (const key of await readKeys([{ path: from, text }])) {
        if (key.kind !== "key" || !key.keyIds.some((id) => open.has(id))) continue;
        candidates.push({ key, from });
        for (const id of key.keyIds) open.delete(id);
      }
    }
  }
  return { kind: "found", candidates };
}
