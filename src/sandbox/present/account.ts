import type { Account } from "../entities/account.ts";
import type { World } from "../world.ts";
import { nodeId } from "./node-id.ts";

/** Who stands for everybody who is gone. https://github.com/ghost */
const GHOST = { id: 10_137, login: "ghost", type: "User" } as const;

/** GitHub's `simple-user`. */
export function presentAccount(world: World, account: Account) {
  const { id, login, type } = account.deleted ? GHOST : account;
  // The bot of an app is `slug[bot]`; its page is that of the app.
  const page = type === "Bot" ? `apps/${login.replace(/\[bot\]$/, "")}` : login;
  const api = `${world.apiUrl}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `${world.serverUrl}/_sandbox/avatar/${id}`,
    gravatar_id: "",
    url: api,
    html_url: `${world.serverUrl}/${page}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** GitHub's `public-user`, the answer of `GET /users/{username}`. */
export function presentPublicAccount(world: World, account: Account, repositories: number) {
  return {
    ...presentAccount(world, account),
    name: account.type === "Bot" ? null : account.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}
