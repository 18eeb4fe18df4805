import { join } from "node:path";
import type { startRegistrar } from "../app/start.ts";
import { docsRepository, registryRepository } from "./demo.ts";
import type { GitHubSide } from "./github-side.ts";

export type Environment = Parameters<typeof startRegistrar>[0];

/** What a Registrar is told that serves the sandbox's registry: on a free port, with everything of its own below `folder`. */
export function environmentOf(
  { sandbox, app }: Pick<GitHubSide, "sandbox" | "app">,
  own: { readonly folder: string; readonly webhookSecret: string; readonly authorWebhookSecret: string | null },
): Environment {
  const { folder, webhookSecret, authorWebhookSecret } = own;
  return {
    appId: String(app.id),
    privateKey: app.privateKey,
    webhookSecret,
    authorWebhookSecret,
    repository: registryRepository,
    apiUrl: sandbox.apiUrl,
    serverUrl: sandbox.serverUrl,
    docsUrl: `${sandbox.serverUrl}/${docsRepository}/blob/main/docs`,
    upstreamToken: null,
    publishTo: `dir:${join(folder, "published")}`,
    dataFolder: join(folder, "data"),
    host: "127.0.0.1",
    port: 0,
  };
}
