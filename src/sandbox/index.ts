/** A local GitHub: REST, git over HTTP, release downloads, webhooks and pages, for demonstrations and tests. */
export type { NewAsset } from "./actions/releases.ts";
export type { Fault, Faults } from "./http/faults.ts";
export type { RecordedRequest, SandboxEvent } from "./log.ts";
export type {
  Account,
  Actor,
  App,
  NewApp,
  Release,
  Repository,
  RepositorySettings,
  RulesetJson,
  Sandbox,
  SandboxOptions,
} from "./sandbox.ts";
export { startSandbox } from "./start.ts";
export type { Delivery } from "./webhooks/delivery.ts";
