import type { ReaderEnvironment, UpstreamEnvironment } from "../config/env.ts";
import { createClient, type GitHubClient } from "../github/client.ts";
import { octokitReader } from "../github/octokit-reader.ts";
import { installationTokens, readBotId } from "../github/tokens.ts";
import type { ReviewContext } from "../tasks/read-review.ts";
import { githubKeySources } from "../upstream/github-key-sources.ts";
import { githubReleases } from "../upstream/github-releases.ts";
import type { KeySources } from "../upstream/key-sources.ts";
import type { Upstream } from "../upstream/port.ts";
import { readKeys } from "./keys.ts";
import { once } from "./once.ts";

/** Reading and deciding without writing anything: `registrar why`. */
export function composeReader(environment: ReaderEnvironment): ReviewContext {
  const { apiUrl, serverUrl, repository, app } = environment;
  const token = app === null ? async () => environment.token : installationTokens({ apiUrl, app, repository });
  const client = createClient({ apiUrl, token });
  const botId = once(async () => (app === null ? null : await readBotId({ apiUrl, app, client })));
  return {
    host: octokitReader({ client, repository, appId: app?.appId ?? null, botId }),
    ...composeUpstream(environment, client),
    readKeys,
    now: () => new Date(),
    serverUrl,
  };
}

/** Upstreams alone: what commands on a folder read. */
export function composeUpstreamReader(
  environment: UpstreamEnvironment,
): Pick<ReviewContext, "upstream" | "keySources"> {
  const { apiUrl, token } = environment;
  return composeUpstream(environment, createClient({ apiUrl, token: async () => token }));
}

/** What authors have released, and where their keys may be found. */
export function composeUpstream(
  { apiUrl, serverUrl }: { apiUrl: string; serverUrl: string },
  client: GitHubClient,
): { readonly upstream: Upstream; readonly keySources: KeySources } {
  const server = new URL(serverUrl);
  const options = {
    client,
    anonymous: createClient({ apiUrl, token: async () => null }),
    limits: {
      hosts: new Set([server.host, "objects.githubusercontent.com", "release-assets.githubusercontent.com"]),
      protocols: new Set(["https:", server.protocol]),
    },
  };
  return { upstream: githubReleases(options), keySources: githubKeySources(options) };
}
