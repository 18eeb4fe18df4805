/** A local GitHub: REST, git over HTTP, release downloads, webhooks and pages, for demonstrations and tests. */

/** @public */
export type { NewAsset } from "./actions/releases.ts";
/** @public */
export type { HistoryStep, SeededRepository } from "./actions/seed.ts";
/** @public */
export type { Exhaustion, Fault, Faults, GraphqlFault, SecondaryLimit } from "./http/faults.ts";
/** @public */
export type { LagWish } from "./lag.ts";
/** @public */
export type { RecordedRequest, SandboxEvent } from "./log.ts";
/** @public */
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
  WorkflowRun,
} from "./sandbox.ts";
export { startSandbox } from "./start.ts";
/** @public */
export type { Delivery } from "./webhooks/delivery.ts";
