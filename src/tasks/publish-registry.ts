import { isHistory } from "../publish/part.ts";
import { type PublishReport, type PublishRequest, publish } from "../publish/publish.ts";
import type { PublishSettings } from "../publish/settings.ts";
import type { PublishTarget } from "../publish/target.ts";
import { RegistrarError } from "../registry/errors.ts";
import { defaultSettings, parseSettings, type Settings } from "../registry/settings.ts";
import { configurationPath, type RegistryHistory, type RegistryTree } from "../registry/tree.ts";

/** Publishes a registry with the configuration that it holds itself. */
export async function publishRegistry(
  request: Pick<PublishRequest, "readKeys" | "onProgress" | "dryRun" | "full"> & {
    /** With a history, what is published already saves looking at everything. */
    readonly tree: RegistryTree | RegistryHistory;
    readonly target: PublishTarget;
    /** Where repositories are that a record names by default. */
    readonly serverUrl?: string;
  },
): Promise<PublishReport> {
  const { serverUrl, ...rest } = request;
  const settings = await readSettings(request.tree);
  return publish({ ...rest, settings: publishSettings(settings, serverUrl) });
}

/** What publishing takes of a registry's configuration, and of where the registry is. */
export const publishSettings = (settings: Settings, serverUrl?: string): PublishSettings => ({
  ...settings,
  baseUrl: settings.publish.baseUrl,
  ...(serverUrl === undefined ? {} : { serverUrl }),
});

/** The configuration of a registry, of which nothing else is read where it has a history. */
export const readSettings = async (tree: RegistryTree | RegistryHistory): Promise<Settings> =>
  readTreeSettings(isHistory(tree) ? await tree.read(new Set()) : tree);

/** The tree's own configuration; throws `bad-configuration` with all its problems. */
export async function readTreeSettings(tree: RegistryTree): Promise<Settings> {
  const file = tree.files.find((candidate) => candidate.path === configurationPath);
  if (file === undefined) return defaultSettings;
  for await (const { bytes } of tree.read([file])) {
    const parsed = parseSettings(Buffer.from(bytes).toString("utf8"));
    if (parsed.ok) return parsed.settings;
    throw new RegistrarError(
      "bad-configuration",
      `The registry's configuration is wrong, so nothing is done:\n${parsed.problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
  }
  return defaultSettings;
}
