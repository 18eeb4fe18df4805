import type { World } from "../world.ts";
import { nodeId } from "./node-id.ts";

const NAMES: Readonly<Record<string, string>> = {
  "mpl-2.0": "Mozilla Public License 2.0",
  mit: "MIT License",
  "apache-2.0": "Apache License 2.0",
  "bsd-3-clause": 'BSD 3-Clause "New" or "Revised" License',
};

/** GitHub's `license-simple`, from an SPDX identifier. */
export function presentLicense(world: World, spdx: string | null) {
  if (spdx === null) return null;
  const key = spdx.toLowerCase();
  return {
    key,
    name: NAMES[key] ?? spdx,
    spdx_id: spdx,
    url: `${world.apiUrl}/licenses/${encodeURIComponent(key)}`,
    node_id: nodeId("License", key),
  };
}
