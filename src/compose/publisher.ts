import type { ServerEnvironment } from "../config/env.ts";
import type { RegistryHost } from "../github/port.ts";
import { installationTokens } from "../github/tokens.ts";
import type { Publisher } from "../jobs/worker.ts";
import type { PublishReport } from "../publish/publish.ts";
import type { PublishTarget } from "../publish/target.ts";
import type { RegistryHistory } from "../registry/tree.ts";
import { readBaseAt } from "../tasks/base.ts";
import {
  type DispatchMemory,
  type DispatchPlan,
  dispatchInputs,
  dispatchPublication,
  lookAtRuns,
} from "../tasks/dispatch-publication.ts";
import { publishRegistry, readSettings } from "../tasks/publish-registry.ts";
import { type PublishableTree, publishableTree, publishedState } from "../tasks/publishable-tree.ts";
import type { ReviewContext } from "../tasks/read-review.ts";
import type { Progress } from "../tasks/reconcile.ts";
import { readReverts } from "../tasks/reverts.ts";
import { readKeys } from "./keys.ts";
import { composeTarget } from "./targets.ts";

/** Between two dispatches; a run takes about as long. */
const dispatchPaceMs = 60_000;

interface Parts extends ReviewContext {
  readonly host: RegistryHost;
  readonly readHistory: () => Promise<RegistryHistory>;
  /** The registry's own repository, and what pushes there. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly progress: Progress;
  readonly options: {
    readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
    readonly onPublished?: (report: PublishReport) => void;
    readonly dispatchPaceMs?: number;
  };
}

/** What publishes the registry's newest state: this process, or a workflow that it dispatches. */
export function composePublisher(environment: ServerEnvironment, parts: Parts): Publisher {
  const { readHistory, host, options, progress } = parts;
  const { log } = options;
  const { serverUrl } = environment;
  const target = ownTarget(environment, parts);
  const dispatcher = composeDispatcher(parts);
  let published: string | null = null;
  /** A tip of which the configuration says that nobody publishes it. */
  let unpublished: string | null = null;
  let underWay = 0;
  const readTip = async () => host.readTip((await host.readIdentity()).defaultBranch);

  const publishTip = async (): Promise<Date | null> => {
    published = null;
    dispatcher.forget();
    if (target === null) {
      // That needs no copy of the registry.
      const { commit, settings } = await readBaseAt(host, await readTip());
      unpublished = settings.publish.workflow === null ? commit : null;
      if (unpublished !== null) return null;
    }
    const history = await readHistory();
    const { commit } = history;
    const { enabled, workflow } = (await readSettings(history)).publish;
    if (!enabled) {
      log("publishing is switched off in the registry's configuration", { commit });
      published = publishedState(commit, await readReverts(host));
      return null;
    }
    const publishable = await publishableTree(parts, history, progress);
    const withheld = publishable.withheld.map((one) => one.commit);
    if (withheld.length > 0) log("what is not verified is not published", { commit, withheld });
    let again: Date | null = null;
    if (workflow !== null) again = await dispatcher.dispatch(workflow, publishable);
    else if (target !== null) {
      const report = await publishRegistry({ tree: publishable.tree, target, readKeys, serverUrl });
      const { findings, ...counts } = report;
      log("registry published", { ...counts, findings: findings.length });
      options.onPublished?.(report);
    }
    published = publishable.state;
    return again;
  };
  return {
    publish: async () => {
      underWay += 1;
      return publishTip().finally(() => {
        underWay -= 1;
      });
    },
    isBehind: async () => {
      // What is under way takes the tip itself, and is tried again where it fails.
      if (underWay > 0) return false;
      const tip = await readTip();
      if (tip === unpublished) return false;
      return published !== publishedState(tip, await readReverts(host)) || (await dispatcher.isBehind());
    },
  };
}

/** Dispatching the workflow, and what one process remembers of it. */
function composeDispatcher(parts: Parts) {
  const { log } = parts.options;
  const paceMs = parts.options.dispatchPaceMs ?? dispatchPaceMs;
  const memory: DispatchMemory = { last: null };
  const told = new Set<string>();
  let wanted: { readonly workflow: string; readonly state: string } | null = null;

  /** The failed run that nobody has been told of yet. */
  const untold = (plan: DispatchPlan) => {
    const failed = plan.kind === "waits" ? plan.failed : null;
    return failed === null || told.has(`${failed.id} ${failed.startedAt}`) ? null : failed;
  };
  return {
    forget: () => {
      wanted = null;
    },
    dispatch: async (workflow: string, publishable: PublishableTree): Promise<Date | null> => {
      const inputs = await dispatchInputs(publishable);
      const plan = await dispatchPublication(parts, { workflow, inputs, memory, paceMs });
      wanted = { workflow, state: inputs.state };
      const failed = untold(plan);
      if (failed !== null) {
        const { conclusion, url, id, startedAt } = failed;
        const again = plan.kind === "waits" ? plan.at.toISOString() : "now";
        log("the workflow has not published", { workflow, conclusion, run: url, again });
        told.add(`${id} ${startedAt}`);
      }
      if (plan.kind === "dispatch") {
        if (plan.other !== null) log("another run came after ours", { workflow, run: plan.other.url });
        log("publication dispatched", { workflow, ...inputs });
      }
      return plan.kind === "waits" ? plan.at : null;
    },
    /** Whether the state that was asked for last is neither published nor on its way, or there is something to tell of it. */
    isBehind: async (): Promise<boolean> => {
      if (wanted === null) return false;
      // Where GitHub does not say, the job finds out why, and whoever asks has other things to look for.
      const looked = await lookAtRuns(parts, { ...wanted, memory, paceMs }).catch(() => null);
      return looked === null || looked.plan.kind === "dispatch" || untold(looked.plan) !== null;
    },
  };
}

/** Where this process publishes to; null where it does not. */
function ownTarget(environment: ServerEnvironment, { url, token }: Parts): PublishTarget | null {
  const { publishTo, dataFolder } = environment;
  if (publishTo === null) return null;
  return composeTarget(publishTo, {
    dataFolder,
    ...(environment.s3 === undefined ? {} : { s3: environment.s3 }),
    own: { kind: "url", url },
    tokenFor: (other) => (other === url ? token : pushTokens(environment, other)),
  });
}

/** For a repository of the same server beside the registry's: a token of the app there. None ever goes elsewhere. */
function pushTokens(environment: ServerEnvironment, url: string): () => Promise<string | null> {
  const { apiUrl, serverUrl, appId, privateKey } = environment;
  const path = url.startsWith(`${serverUrl}/`) ? url.slice(serverUrl.length + 1) : "";
  const repository = /^([0-9A-Za-z-]+\/[0-9A-Za-z._-]+?)(?:\.git)?\/?$/.exec(path)?.[1];
  if (repository === undefined) return async () => null;
  return installationTokens({ apiUrl, app: { appId, privateKey }, repository, permissions: { contents: "write" } });
}
