import { readKeys } from "../compose/keys.ts";
import { composeReader } from "../compose/reading.ts";
import { composeTree } from "../compose/trees.ts";
import { RegistrarError } from "../registry/errors.ts";
import { openHost, openTree } from "../tasks/open-registry.ts";
import { assertRegistry } from "./read-registry.ts";
import { readerEnvironment } from "./sandbox-state.ts";
import { openUpstream } from "./upstream.ts";

/** What commands look at a registry with: the one in a folder, or the environment's on GitHub, or the running sandbox's. */
export async function openContext(folder: string | undefined) {
  const now = () => new Date();
  if (folder !== undefined) {
    const upstream = await openUpstream();
    const tree = assertRegistry(await composeTree(folder), { registry: folder });
    return { ...upstream, registry: await openTree(tree), readKeys, now };
  }
  const environment = await readerEnvironment();
  const { host, ...context } = composeReader(environment);
  const hasToken = environment.token !== null || environment.app !== null;
  return { ...context, registry: await openHost(host), hasToken };
}

/** The same where one is to be had; else the registry in the working folder; null where there is none. */
export async function findContext(folder: string | undefined) {
  if (folder !== undefined) return openContext(folder);
  try {
    return await openContext(undefined);
  } catch (error) {
    if (!(error instanceof RegistrarError) || error.code !== "bad-environment") throw error;
  }
  try {
    return await openContext(".");
  } catch (error) {
    // No registry, or one whose configuration is wrong: that one is worth hearing of.
    if (!(error instanceof RegistrarError) || error.code !== "bad-argument") throw error;
    return null;
  }
}
