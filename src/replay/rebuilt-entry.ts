import { createHash } from "node:crypto";
import { isObject, type JsonObject, type JsonValue } from "../registry/json.ts";

/** The version that an entry names; empty where it names none. */
export const versionOf = ({ version }: JsonObject): string => (typeof version === "string" ? version : "");

/**
 * An entry of which only the version is left: its neighbour's, with the version put in place of the neighbour's and with
 * other hashes. Without a neighbour, of the usual form.
 */
export function rebuiltEntry(
  path: string,
  { version, like }: { readonly version: string; readonly like: JsonObject | undefined },
): JsonObject {
  if (path.startsWith("modules/")) return { version };
  const example = like ?? usual(path);
  const old = versionOf(example);
  const renamed = old === "" ? { ...example, version } : renameIn(example, (text) => text.replaceAll(old, version));
  return { ...(renamed as JsonObject), targets: targetsOf(renamed as JsonObject).map(withHash) };
}

function renameIn(value: JsonValue, rename: (text: string) => string): JsonValue {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((item) => renameIn(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameIn(item, rename)]));
}

const targetsOf = ({ targets }: JsonObject): readonly JsonObject[] =>
  Array.isArray(targets) ? targets.filter(isObject) : [];

const withHash = (target: JsonObject): JsonObject => ({
  ...target,
  shasum: createHash("sha256").update(String(target.filename)).digest("hex"),
});

function usual(path: string): JsonObject {
  const [namespace = "", file = ""] = path.split("/").slice(-2);
  const name = `terraform-provider-${file.replace(/\.json$/, "")}`;
  const at = (asset: string) => `https://github.com/${namespace}/${name}/releases/download/v0.0.1/${asset}`;
  const filename = `${name}_0.0.1_linux_amd64.zip`;
  return {
    version: "0.0.1",
    protocols: ["5.0"],
    shasums_url: at(`${name}_0.0.1_SHA256SUMS`),
    shasums_signature_url: at(`${name}_0.0.1_SHA256SUMS.sig`),
    targets: [{ os: "linux", arch: "amd64", filename, download_url: at(filename), shasum: "" }],
  };
}
