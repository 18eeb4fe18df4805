import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RegistrarError } from "../../src/registry/errors.ts";
import { configurationPath } from "../../src/registry/tree.ts";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { publishableTree } from "../../src/tasks/publishable-tree.ts";
import { settleReverts } from "../../src/tasks/reverts.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { configurations, type RecordName, records, upstreams, type Who, World, who } from "../support/model/world.ts";

/** One thing that happens; numbers are taken modulo what there is. */
type Act =
  | {
      readonly kind: "propose" | "push";
      readonly at: number;
      readonly record: RecordName;
      readonly wrong: boolean;
      readonly by: Who;
    }
  | { readonly kind: "review"; readonly at: number; readonly by: Who; readonly state: string }
  | { readonly kind: "draft" | "close" | "retarget" | "twin"; readonly at: number }
  | { readonly kind: "rights"; readonly by: Who; readonly maintains: boolean }
  | { readonly kind: "configure"; readonly as: keyof typeof configurations }
  | { readonly kind: "key"; readonly there: boolean }
  | { readonly kind: "upstream"; readonly record: RecordName; readonly as: (typeof upstreams)[number] }
  | { readonly kind: "move"; readonly record: RecordName; readonly wrong: boolean }
  | { readonly kind: "wait"; readonly seconds: number };

/** Work of Registrar's, with what comes in between: before a request, instead of its answer, or the end of the process. */
interface Work {
  readonly kind: "work";
  readonly job: "review" | "inspect" | "settle" | "publish";
  readonly at: number;
  readonly between: Act | null;
  readonly request: number;
  readonly fault: "refused" | "answer lost" | "crash" | null;
  readonly faultAt: number;
}

const record = fc.constantFrom<RecordName>("dns", "mail");
const person = fc.constantFrom<Who>("mia", "max", "carl", "rita", "helper");
const at = fc.nat({ max: 7 });
const proposing = { record, wrong: fc.boolean(), by: fc.constantFrom<Who>("carl", "mia"), at };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("propose" as const), ...proposing }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("push" as const), ...proposing }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("review" as const),
      at,
      by: person,
      state: fc.constantFrom("APPROVED", "APPROVED", "APPROVED", "DISMISSED", "CHANGES_REQUESTED", "COMMENTED"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("draft", "close", "retarget", "twin" as const), at }) },
  fc.record({ kind: fc.constant("rights" as const), by: fc.constantFrom<Who>("mia", "max"), maintains: fc.boolean() }),
  fc.record({
    kind: fc.constant("configure" as const),
    as: fc.constantFrom("plain", "plain", "paused", "blocking", "broken" as const),
  }),
  fc.record({ kind: fc.constant("key" as const), there: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("upstream" as const), record, as: fc.constantFrom("fine", ...upstreams) }),
  },
  fc.record({ kind: fc.constant("move" as const), record, wrong: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 2, 400) }) },
);
const work = (withFaults: boolean): fc.Arbitrary<Work> =>
  fc.record({
    kind: fc.constant("work" as const),
    job: fc.constantFrom("review", "review", "review", "review", "inspect", "settle", "publish" as const),
    at,
    between: fc.option(act, { freq: 2 }),
    request: fc.nat({ max: 24 }),
    fault: withFaults
      ? fc.option(fc.constantFrom("refused", "answer lost", "crash" as const), { freq: 3 })
      : fc.constant(null),
    faultAt: fc.nat({ max: 30 }),
  });
const story = (withFaults: boolean) =>
  fc.array(fc.oneof(act, work(withFaults), work(withFaults)), { minLength: 6, maxLength: 40 });

class Crash extends Error {}

function perform(world: World, one: Act): void {
  const pull = "at" in one ? world.pulls[one.at % Math.max(1, world.pulls.length)] : undefined;
  switch (one.kind) {
    case "propose":
      world.open(
        world.headFor({ [records[one.record]]: world.recordWith(one.record, one.wrong) }, who[one.by]),
        who[one.by],
      );
      break;
    case "push":
      if (pull?.state !== "open" || pull.author === who.bot) break;
      pull.headSha = world.headFor({ [records[one.record]]: world.recordWith(one.record, one.wrong) }, who[one.by]);
      break;
    case "review":
      if (pull !== undefined && pull.author !== who[one.by]) world.review(pull.number, one.by, one.state);
      break;
    case "draft":
      if (pull !== undefined) pull.draft = !pull.draft;
      break;
    case "close":
      if (pull !== undefined && pull.merged === null) {
        Object.assign(
          pull,
          pull.state === "open" ? { state: "closed", closer: who.rita } : { state: "open", closer: null },
        );
      }
      break;
    case "retarget":
      if (pull?.state === "open") pull.base = pull.base === "main" ? "staging" : "main";
      break;
    case "twin":
      if (pull !== undefined) world.open(pull.headSha, who.rita);
      break;
    case "rights":
      if (one.maintains) world.maintainers.add(who[one.by]);
      else world.maintainers.delete(who[one.by]);
      break;
    case "configure":
      world.push({ [configurationPath]: configurations[one.as] });
      break;
    case "key":
      if (one.there !== world.hasKey()) world.key(one.there);
      break;
    case "upstream":
      world.upstream[one.record] = one.as;
      break;
    case "move":
      world.push({ [records[one.record]]: world.recordWith(one.record, one.wrong) });
      break;
    case "wait":
      world.now += one.seconds * 1000;
      break;
  }
}

/** Plays a story; `mayInterrupt` says whether something may happen before this request. */
async function play(
  world: World,
  steps: readonly (Act | Work)[],
  mayInterrupt: (request: string) => boolean,
  after: () => Promise<void> = async () => {},
): Promise<void> {
  for (const step of steps) {
    if (step.kind !== "work") perform(world, step);
    else await carryOut(world, step, mayInterrupt);
    await after();
  }
}

async function carryOut(world: World, { job, at: which, ...wish }: Work, mayInterrupt: (request: string) => boolean) {
  let asked = 0;
  let between = wish.between;
  world.onRequest = (name) => {
    asked += 1;
    if (between !== null && asked > wish.request && mayInterrupt(name)) {
      perform(world, between);
      between = null;
    }
    if (asked !== wish.faultAt) return;
    if (wish.fault === "refused") throw new RegistrarError("github-unavailable", "502");
    if (wish.fault === "crash") throw new Crash();
  };
  world.onDone = () => {
    if (wish.fault === "answer lost" && asked >= wish.faultAt) throw new RegistrarError("github-unavailable", "lost");
  };
  try {
    const context = world.context();
    if (job === "review" && world.pulls.length > 0) await reviewPullRequest(context, (which % world.pulls.length) + 1);
    if (job === "inspect") await inspectPush(context, { commit: world.tip(), paths: [] }, world.progress);
    if (job === "settle") await settleReverts(context.host);
    if (job === "publish") await publishableTree(context, world.history(), world.progress);
  } catch (error) {
    if (error instanceof Crash) world.forget();
    else if (!(error instanceof RegistrarError)) throw error;
  } finally {
    world.onRequest = () => {};
    world.onDone = () => {};
  }
}

/** What the verdict on a pull request rests on, told from the world alone. */
function rests(world: World, number: number): string {
  const { headSha } = world.pull(number);
  const head = world.filesAt(headSha);
  const base = world.filesAt(world.tip());
  const from = world.filesAt(world.mergeBase(world.tip(), headSha));
  const touched = (["dns", "mail"] as const).filter((name) => head[records[name]] !== from[records[name]]);
  return JSON.stringify([
    headSha,
    base[configurationPath],
    world.hasKey(),
    touched.map((name) => [name, world.upstream[name], base[records[name]] ?? null, from[records[name]] ?? null]),
  ]);
}

/** Why a pull request must not be merged now; null when it may be. Told from the world alone, without any rule of ours. */
function objection(world: World, number: number, posted: readonly Posting[]): string | null {
  const { headSha, base, draft, author } = world.pull(number);
  if (base !== "main" || draft) return "another branch, or a draft";
  const [head, tip, from] = [
    world.filesAt(headSha),
    world.filesAt(world.tip()),
    world.filesAt(world.mergeBase(world.tip(), headSha)),
  ];
  if (author === who.bot) return null;
  if (tip[configurationPath] !== configurations.plain) return "blocked, paused or broken";
  const touched = (["dns", "mail"] as const).filter((name) => head[records[name]] !== from[records[name]]);
  let held = !world.hasKey();
  for (const name of touched) {
    const text = head[records[name]] ?? "";
    if (text.includes("0123456789abcdef")) return "a wrong hash";
    if (tip[records[name]] !== from[records[name]]) return "the base has another record";
    if (["other", "gone"].includes(world.upstream[name])) return "upstream has something else";
    const { versions } = JSON.parse(text) as { versions: { version: string }[] };
    if (new Set(versions.map(({ version }) => version)).size < versions.length) return "a version twice";
    if (from[records[name]] === undefined) held = true;
  }
  if (!held) return null;
  const now = rests(world, number);
  const lastWords = new Map(
    (world.reviews.get(number) ?? []).filter(({ state }) => state !== "COMMENTED").map((one) => [one.reviewer.id, one]),
  );
  const by = world.commits.get(headSha)?.by;
  const answer = [...lastWords.values()].find(
    ({ reviewer, state, headSha: of, submittedAt }) =>
      state === "APPROVED" &&
      of === headSha &&
      world.maintainers.has(reviewer.id) &&
      ![author, by].includes(reviewer.id) &&
      posted.some(
        (run) => run.number === number && run.rests.has(now) && run.at < Math.floor(Date.parse(submittedAt) / 1000),
      ),
  );
  return answer === undefined ? "held, and nobody has approved what is merged" : null;
}

/** A verdict that was shown: when, by its own word (whole seconds), and all that it may have rested on while it was made. */
interface Posting {
  readonly number: number;
  readonly at: number;
  readonly rests: ReadonlySet<string>;
}

/** Watches what is posted and merged in a world. */
function watch(world: World, onObjection: (said: string) => void) {
  const posted: Posting[] = [];
  const seen = { merges: 0 };
  const inner = world.host;
  const windows = new Map<number, Set<string>>();
  const note = () => {
    for (const [number, set] of windows) set.add(rests(world, number));
  };
  const host = new Proxy(inner, {
    get:
      (target, name: keyof World["host"]) =>
      async (...args: unknown[]) => {
        if (name === "readPullRequest") windows.set(args[0] as number, new Set());
        note();
        const answer = await (target[name] as (...given: unknown[]) => Promise<unknown>)(...args);
        note();
        if (name === "createCheckRun" || name === "updateCheckRun") {
          const run = args.at(-1) as { externalId: string; startedAt: string };
          const number = Number(/^(\d+):/.exec(run.externalId)?.[1]);
          posted.push({
            number,
            at: Math.floor(Date.parse(run.startedAt) / 1000),
            rests: new Set(windows.get(number)),
          });
        }
        return answer;
      },
  });
  Object.assign(world, { host });
  world.onMerge = ({ number }) => {
    seen.merges += 1;
    const said = objection(world, number, posted);
    if (said !== null) onObjection(`pull request ${number}: ${said}`);
  };
  return seen;
}

const runs = { numRuns: Number(process.env.RUNS ?? 250) };

describe("whatever people, GitHub and the process do", () => {
  it("no head is merged whose inputs were not judged right, or lifted as judged", async () => {
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(story(true), async (steps) => {
        const world = new World();
        const objections: string[] = [];
        const seen = watch(world, (said) => objections.push(said));
        await play(world, steps, () => !world.locked);
        merges += seen.merges;
        expect(objections).toEqual([]);
      }),
      runs,
    );
    // A property of stories without a merge would say nothing; in so many there are some fourteen to forty.
    expect(merges).toBeGreaterThan(5);
  });

  it("nothing wrong is published, also where the base moves between the last look and the merge", async () => {
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(story(false), async (steps) => {
        const world = new World();
        world.onMerge = () => {
          merges += 1;
        };
        await play(
          world,
          steps,
          () => true,
          async () => {
            const context = world.context();
            const { tree } = await publishableTree(context, world.history(), world.progress);
            const files = "files" in tree ? tree : await tree.read();
            for await (const { bytes } of files.read(files.files.filter(({ path }) => path.startsWith("providers/")))) {
              expect(Buffer.from(bytes).toString().includes("0123456789abcdef")).toBe(false);
            }
          },
        );
      }),
      runs,
    );
    expect(merges).toBeGreaterThan(5);
  });
});
