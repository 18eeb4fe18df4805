import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const folder = join(import.meta.dirname, "../../../docs/schemas");
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });

/** Those of `docs/schemas/`. */
export const schemas = readdirSync(folder).map((name) => ({
  name: name.replace(".schema.json", ""),
  is: ajv.compile(JSON.parse(readFileSync(join(folder, name), "utf8"))),
}));

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^\.well-known\/terraform\.json$/, "discovery"],
  [/^v1\/providers\/[^/]+\/[^/]+\/versions$/, "provider-versions"],
  [/^v1\/providers\/[^/]+\/[^/]+\/[^/]+\/download\/[^/]+\/[^/]+$/, "provider-download"],
  [/^v1\/modules\/[^/]+\/[^/]+\/[^/]+\/versions$/, "module-versions"],
  [/^v1\/modules\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/download$/, "module-download"],
  [/^index\/_namespaces\.json$/, "namespace-list"],
  [/^index\/[^_/][^/]*\.json$/, "namespace-index"],
  [/^status\/[^/]+\.json$/, "namespace-status"],
];

/** Which schema a published path is for. */
export const schemaOf = (path: string): string | undefined => kinds.find(([form]) => form.test(path))?.[1];
