import {
  batchProposals,
  type KeyBatch,
  type KeyProposal,
  keyBranchPrefix,
  type NamespaceProposals,
} from "../bump/propose-keys.ts";
import type { RegistryHost } from "../github/port.ts";
import { renderKeyProposals } from "../policy/messages/key-proposal.ts";
import { foldName } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { KeyFile } from "../registry/keys.ts";
import { quoted } from "../registry/plain-text.ts";
import { roleOf } from "../registry/tree.ts";
import { assertSameBase } from "./bump-record.ts";
import { findKeys, indexKeys } from "./find-keys.ts";
import { type FindKeysContext, type KeylessNamespace, keylessNamespaces } from "./keyless-namespaces.ts";

/** Where proposals go: pull requests of our own, or files of a folder. */
export type KeyDestination =
  | { readonly kind: "pull-requests"; readonly host: RegistryHost }
  | { readonly kind: "folder"; readonly create: (path: string, text: string) => Promise<void> }
  | { readonly kind: "nowhere" };

export interface ProposeContext extends FindKeysContext {
  readonly destination: KeyDestination;
  readonly dryRun?: boolean;
  /** Waits until a limit of GitHub's ends: the service may be writing as the same app. */
  readonly pause: (until: Date) => Promise<void>;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ProposeWish {
  /** Empty: all that have no key. */
  readonly namespaces: readonly string[];
  /** Key files that somebody has, wherever they come from. */
  readonly given: readonly KeyFile[];
  /** Whether GitHub is asked: for newer releases, and for the keys on profiles. */
  readonly github: boolean;
  /** Namespaces that one run looks at. */
  readonly limit: number;
}

export interface ProposeOutcome {
  readonly proposals: readonly KeyProposal[];
  /** Namespaces with a signer that no key was found for. */
  readonly missing: readonly (NamespaceProposals["missing"][number] & { readonly owner: string })[];
  /** Namespaces with nothing that could be looked at. */
  readonly silent: readonly string[];
  /** Namespaces of which nothing can be known now. */
  readonly unknown: readonly { readonly owner: string; readonly reason: string; readonly retryAt: string | null }[];
  /** Namespaces whose keys an open pull request of ours proposes already. */
  readonly waiting: readonly string[];
  /** Namespaces without keys that this run did not come to. */
  readonly remaining: number;
  /** Pull requests that were opened, or are open with just these keys; 0 stands for one that a dry run would open. */
  readonly pullRequests: readonly number[];
}

/** After so many in a row that did not answer, the others will not either. */
const mostUnknown = 3;

/** Looks for the keys of namespaces that have none, and proposes what it finds: read, decide, apply. */
export async function proposeKeysOf(context: ProposeContext, wish: ProposeWish): Promise<ProposeOutcome> {
  const waiting = await readWaiting(context);
  const all = wanted(keylessNamespaces(context.registry), wish);
  const due = all.filter(({ owner }) => !waiting.has(foldName(owner)));
  const found = await findAll(context, due.slice(0, wish.limit), wish);
  const remaining = due.length - found.looked;
  const { destination, dryRun } = context;
  const pullRequests: number[] = [];
  if (destination.kind === "pull-requests") {
    for (const batch of batchProposals(found.proposals)) {
      pullRequests.push(
        dryRun === true ? 0 : await patiently(context, () => openBatch(context, destination.host, batch)),
      );
    }
  }
  if (destination.kind === "folder" && dryRun !== true) {
    for (const { path, text } of found.proposals) await destination.create(path, text);
  }
  const { looked: _looked, ...facts } = found;
  return {
    ...facts,
    waiting: all.filter((one) => !due.includes(one)).map(({ owner }) => owner),
    remaining,
    pullRequests,
  };
}

function wanted(keyless: readonly KeylessNamespace[], { namespaces }: ProposeWish): readonly KeylessNamespace[] {
  if (namespaces.length === 0) return keyless;
  return namespaces.map((name) => {
    const one = keyless.find(({ owner }) => foldName(owner) === foldName(name));
    if (one !== undefined) return one;
    const message = `All providers of ${quoted(name)} have a key, or the registry has none of that namespace. \`registrar keys check FILE --for ${quoted(name)}\` looks at another key for it.`;
    throw new RegistrarError("bad-argument", message);
  });
}

async function findAll(context: ProposeContext, due: readonly KeylessNamespace[], wish: ProposeWish) {
  const given = await indexKeys(context.readKeys, wish.given);
  const proposals: KeyProposal[] = [];
  const missing: ProposeOutcome["missing"][number][] = [];
  const silent: string[] = [];
  const unknown: ProposeOutcome["unknown"][number][] = [];
  let looked = 0;
  let inARow = 0;
  for (const one of due) {
    if (inARow === mostUnknown) break;
    const { owner } = one;
    const found = await findKeys(context, one, { given, github: wish.github });
    looked += 1;
    inARow = found.kind === "unavailable" ? inARow + 1 : 0;
    if (found.kind === "unavailable") unknown.push({ owner, reason: found.reason, retryAt: found.retryAt });
    else {
      proposals.push(...found.proposals);
      missing.push(...found.missing.map((signer) => ({ ...signer, owner })));
      if (found.proposals.length + found.missing.length === 0) silent.push(owner);
    }
    context.onProgress?.(looked, due.length);
  }
  return { proposals, missing, silent, unknown, looked };
}

/** Namespaces in the open pull requests that a former run has made; in small letters. */
async function readWaiting({ destination, registry: { base } }: ProposeContext): Promise<ReadonlySet<string>> {
  const waiting = new Set<string>();
  if (destination.kind !== "pull-requests") return waiting;
  const { host } = destination;
  const { botId } = await host.readIdentity();
  for (const { headBranch, author, headSha } of await host.listOpenPullRequests()) {
    if (!headBranch.startsWith(keyBranchPrefix) || author.id !== botId) continue;
    for (const { path } of (await host.compare(base.commit, headSha)).files) {
      const role = roleOf(path, base.layout);
      if (role.kind === "key") waiting.add(foldName(role.namespace));
    }
  }
  return waiting;
}

const mostTries = 3;

/** Each try goes on where the one before was stopped. */
async function patiently<T>(context: Pick<ProposeContext, "pause">, work: () => Promise<T>, tries = 1): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const until = error instanceof RegistrarError ? error.retryAt : undefined;
    if (until === undefined || tries === mostTries) throw error;
    await context.pause(until);
    return patiently(context, work, tries + 1);
  }
}

/** The same keys have the same branch, so that a run that was cut off goes on where it stopped. */
async function openBatch(context: ProposeContext, host: RegistryHost, batch: KeyBatch): Promise<number> {
  const open = await host.findPullRequest(batch.branch, "open");
  if (open !== null) return open.number;
  const { base } = context.registry;
  const { defaultBranch } = await host.readIdentity();
  const paths = batch.proposals.map(({ path }) => path);
  await assertSameBase(host, { base, defaultBranch, paths });
  await host.writeBranch({
    branch: batch.branch,
    base: base.commit,
    message: `Add ${batch.title}`,
    files: batch.proposals.map(({ path, text }) => ({ path, text, previousId: null })),
  });
  const body = renderKeyProposals(batch.proposals);
  return host.openPullRequest({ branch: batch.branch, base: defaultBranch, title: batch.title, body });
}
