import type { OpenRecord } from "../publish/open-record.ts";
import type { ReadKeys } from "../publish/published-keys.ts";
import type { PublishSettings } from "../publish/settings.ts";
import type { RegistryTree } from "../registry/tree.ts";
import { type Answer, documentAnswer, failure, indexAnswer, isIndex } from "./answer.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { publishedPath } from "./published-path.ts";
import { rememberKeys } from "./remembered-keys.ts";
import { ServedRegistry } from "./served-registry.ts";
import { type Site, type SiteOptions, startSite } from "./site.ts";

export interface RegistryServerOptions extends SiteOptions {
  /** The registry as it is now; the same object while nothing has changed. Asked before each answer, so quick to say. */
  readonly readTree: () => RegistryTree | Promise<RegistryTree>;
  readonly readSettings: (tree: RegistryTree) => Promise<PublishSettings>;
  readonly readKeys: ReadKeys;
  /** Called for a new state that cannot be served; what was there before is served on. */
  readonly onProblem: (problem: unknown) => void;
}

/** Records that are kept ready, in bytes of their files; in memory they take some ten times as much. */
const mostRecords = 16 * 1024 * 1024;
/** Answers that are kept ready, in bytes. */
const mostAnswers = 64 * 1024 * 1024;

/** Answers the registry protocol straight from a tree: what publishing would write, rendered when somebody asks for it. */
export async function startRegistryServer(options: RegistryServerOptions): Promise<Site> {
  const current = await followed(options);
  return startSite((url) => {
    const state = current();
    return state instanceof Promise ? state.then((now) => answerFrom(now, url)) : answerFrom(state, url);
  }, options);
}

/** One state of a registry, and what was answered from it. */
interface State {
  readonly tree: RegistryTree;
  readonly registry: ServedRegistry;
  readonly answers: KeptAnswers;
}

function answerFrom({ registry, answers }: State, url: string): Answer | Promise<Answer> {
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const kept = answers.get(path);
  if (kept !== undefined) return kept;
  const keep = (answer: Answer) => {
    // What there is not is not kept: of that there is no end.
    if (answer.status === 200) answers.add(path, answer);
    return answer;
  };
  if (isIndex(path)) return keep(indexAnswer(registry.providers));
  const parts = publishedPath(path);
  if (parts === null) return failure(404, "There is no such document.");
  return registry
    .find(parts)
    .then((found) =>
      "missing" in found ? failure(404, found.missing) : keep(documentAnswer(parts, Buffer.from(found.body))),
    );
}

/** The registry at each moment; throws where it cannot be served at first. */
async function followed(options: RegistryServerOptions): Promise<() => State | Promise<State>> {
  const readKeys = rememberKeys(options.readKeys);
  const records = new BoundedCache<OpenRecord>(mostRecords);
  const open = async (tree: RegistryTree): Promise<State> => {
    const settings = await options.readSettings(tree);
    const registry = await ServedRegistry.open({ tree, settings, readKeys, records });
    return { tree, registry, answers: new KeptAnswers(mostAnswers) };
  };
  let served = await open(await options.readTree());
  /** A state that could not be served is not tried again. */
  let refused: RegistryTree | undefined;
  let opening: Promise<State> | undefined;
  const refresh = async (asked: RegistryTree | Promise<RegistryTree>): Promise<State> => {
    let tree: RegistryTree | undefined;
    try {
      tree = await asked;
      if (tree !== served.tree && tree !== refused) served = await open(tree);
    } catch (problem) {
      refused = tree;
      options.onProblem(problem);
    }
    return served;
  };
  const read = () => {
    try {
      return options.readTree();
    } catch (problem) {
      options.onProblem(problem);
      return served.tree;
    }
  };
  return () => {
    const tree = read();
    if (opening !== undefined) {
      // Who asks while the next state is made ready gets the one that is.
      if (!(tree instanceof Promise)) return served;
      tree.catch(() => undefined);
      return opening;
    }
    if (tree === served.tree || tree === refused) return served;
    opening = refresh(tree).finally(() => {
      opening = undefined;
    });
    return opening;
  };
}
