import type { Account, GpgKey } from "../entities/account.ts";
import { notFound } from "../errors.ts";
import { noContent } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, route } from "../http/route.ts";
import { presentAccount } from "../present/account.ts";

/** https://docs.github.com/rest/users/gpg-keys, https://docs.github.com/rest/orgs/members */
export const profileRoutes: readonly Route[] = [
  route("GET /users/{username}/gpg_keys", "anyone", (request) =>
    list(request, accountOf(request, "username").gpgKeys, presentGpgKey),
  ),
  route("GET /orgs/{org}/public_members", "anyone", (request) => {
    const { world } = request;
    const members = [...organizationOf(request).publicMembers].flatMap((id) => world.store.accounts.get(id) ?? []);
    return list(request, members, (member) => presentAccount(world, member));
  }),
  route("GET /orgs/{org}/public_members/{username}", "anyone", (request) => {
    const { id } = accountOf(request, "username");
    if (!organizationOf(request).publicMembers.has(id)) throw notFound();
    return noContent;
  }),
];

function accountOf(request: ApiRequest, name: string): Account {
  const account = request.world.store.account(request.param(name));
  if (account === undefined) throw notFound();
  return account;
}

function organizationOf(request: ApiRequest): Account {
  const account = accountOf(request, "org");
  if (account.type !== "Organization") throw notFound();
  return account;
}

/** GitHub's `gpg-key`, of a key that can sign and nothing else. */
function presentGpgKey({ id, fingerprint, rawKey, createdAt }: GpgKey) {
  return {
    id,
    name: null,
    primary_key_id: null,
    key_id: fingerprint.slice(-16),
    public_key: rawKey === null ? "" : bodyOf(rawKey),
    emails: [],
    subkeys: [],
    can_sign: true,
    can_encrypt_comms: false,
    can_encrypt_storage: false,
    can_certify: true,
    created_at: createdAt,
    expires_at: null,
    revoked: false,
    raw_key: rawKey,
  };
}

/** The base64 text of an armoured block, without headers and checksum. */
const bodyOf = (armor: string): string =>
  (armor.split(/\r?\n\r?\n/)[1] ?? "")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("-----") && !line.startsWith("="))
    .join("");
