import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../registry/finding.ts";
import { keysFolder } from "../registry/namespaces.ts";
import { people, registryRepository } from "../scenarios/demo.ts";
import type { Bump } from "./bump.ts";
import type { SeenReview } from "./messages.ts";
import type { Measured } from "./own-time.ts";
import type { FileStates } from "./past.ts";
import { type TouchedState, textOf, touchedRecords } from "./proposed-files.ts";
import { raiseUpstreams } from "./raise-upstream.ts";
import { planUpstreams } from "./upstreams.ts";
import type { World } from "./world.ts";

/** How one bump went. */
export interface Played {
  /** An outsider with a fork, or, for what only Registrar may propose at once, Registrar's own app. */
  readonly by: "contributor" | "registrar";
  readonly outcome: Outcome;
  readonly decision: string;
  readonly merged: boolean;
  readonly findings: SeenReview["findings"];
  readonly measured: Measured;
}

/** Plays a bump as a pull request on the state that it really had before it. Throws what is nobody's answer. */
export async function playBump(
  world: World,
  { bump, states, index }: { readonly bump: Bump; readonly states: readonly FileStates[]; readonly index: number },
): Promise<Played> {
  const { sandbox, product } = world;
  const records = touchedRecords(states, world.layout);
  const date = (bump.date ?? "2024-01-01T00:00:00Z").replace(/\+00:00$/, "Z");
  const upstreams = await raiseUpstreams(world, { planned: planUpstreams(records), date });
  try {
    const texts = (side: "before" | "after") =>
      Object.fromEntries(
        states.map((state) => {
          const { repository = null } = records.find(({ path }) => path === state.path) ?? {};
          const ids = upstreams.ids.get(repository?.toLowerCase() ?? "");
          return [state.path, textOf(state[side], { serverUrl: sandbox.serverUrl, ids })] as const;
        }),
      );
    const before = texts("before");
    const after = texts("after");
    const base = await sandbox.rewriteBranch({
      repository: registryRepository,
      branch: "main",
      from: world.root,
      files: { ...changes(before, (path) => world.paths.has(path)), ...keysFor(world, records) },
      message: "As it was",
    });
    const by = isSmall(records, after) ? "contributor" : "registrar";
    const files = changes(after, (path) => typeof before[path] === "string");
    await product.rest();
    await product.measure();
    const number = await propose(world, { by, from: base, files, index });
    const reviews = await settle(world, number);
    const measured = await product.measure();
    const last = reviews.at(-1);
    if (last === undefined) throw new Error("Registrar has not reviewed the pull request.");
    const { outcome, decision, findings } = last;
    return { by, outcome, decision, merged: await endOf(world, number), findings, measured };
  } finally {
    upstreams.remove();
  }
}

type Texts = Readonly<Record<string, string | null>>;

/** Removes only what is there. */
const changes = (texts: Texts, isThere: (path: string) => boolean): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([path, text]) => text !== null || isThere(path)));

/** One key for every namespace, whose releases it signs here. */
function keysFor({ layout, signer }: World, records: readonly TouchedState[]): Record<string, string> {
  const namespaces = records.flatMap(({ address }) => (address.kind === "provider" ? [address.namespace] : []));
  return Object.fromEntries(
    namespaces.map((namespace) => [`${keysFolder(namespace, { layout })}/replay.asc`, signer.publicKey]),
  );
}

/** What `scope` lets an outsider propose at once. */
const most = { namespaces: 1, records: 10, versions: 50, bytes: 25 * 1024 * 1024 } as const;

function isSmall(records: readonly TouchedState[], after: Texts): boolean {
  const namespaces = new Set(records.map(({ address }) => address.namespace.toLowerCase()));
  const versions = records.reduce((sum, { proposed }) => sum + proposed.length, 0);
  const bytes = Object.values(after).reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
  const counts = { namespaces: namespaces.size, records: Object.keys(after).length, versions, bytes };
  return (Object.keys(most) as (keyof typeof most)[]).every((what) => counts[what] <= most[what]);
}

interface Proposal {
  readonly by: Played["by"];
  readonly from: string;
  readonly files: Texts;
  readonly index: number;
}

async function propose(world: World, { by, from, files, index }: Proposal): Promise<number> {
  const { sandbox, app, fork } = world;
  const own = by === "registrar";
  const actor = own ? sandbox.asApp(app) : sandbox.as(people.contributor);
  const branch = own ? `registrar/bump/replay/${index}` : `bump-${index}`;
  await actor.commit({ repository: own ? registryRepository : fork, branch, from, files, message: "Add versions" });
  const head = own ? branch : `${people.contributor}:${branch}`;
  return actor.openPullRequest({ repository: registryRepository, head, title: "Add versions" });
}

/** Waits until nothing is left to do; what waits for upstream is looked at twice and then closed. */
async function settle({ sandbox, product }: World, number: number): Promise<readonly SeenReview[]> {
  const reviews = () => product.reviews.get(number) ?? [];
  let rests = false;
  const calm = calmness({ sandbox, product }).then(() => {
    rests = true;
  });
  for (let closed = false; !rests; ) {
    await Promise.race([calm, sleep(50)]);
    const waiting = reviews().filter(({ outcome }) => outcome === "retry").length > 1;
    if (rests || closed || !waiting) continue;
    await sandbox.as(people.owner).closePullRequest({ repository: registryRepository, number });
    closed = true;
  }
  await calm;
  return reviews();
}

/** Asked twice: what an event asks for may begin between the two questions. */
async function calmness({ sandbox, product }: Pick<World, "sandbox" | "product">): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    await sandbox.idle();
    await product.rest();
  }
}

/** Whether GitHub has merged it; leaves nothing open. */
async function endOf({ sandbox }: World, number: number): Promise<boolean> {
  const owner = sandbox.as(people.owner);
  const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/pulls/${number}`, {
    headers: { authorization: `token ${owner.token}` },
  });
  const { merged, state } = (await answer.json()) as { merged: boolean; state: string };
  if (state === "open") await owner.closePullRequest({ repository: registryRepository, number });
  return merged;
}
