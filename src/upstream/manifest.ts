import { Ajv2020 } from "ajv/dist/2020.js";
import { parseStrictJson } from "../registry/json.ts";
import { Type } from "../registry/json-schema.ts";

const ManifestSchema = Type.Object({
  metadata: Type.Object({
    protocol_versions: Type.Array(Type.String({ pattern: "^\\d+(\\.\\d+)?$", maxLength: 16 }), {
      minItems: 1,
      maxItems: 20,
    }),
  }),
});

const validate = new Ajv2020().compile<{ metadata: { protocol_versions: string[] } }>(ManifestSchema);

/** What clients are told when a release has no manifest, as all registries of this format do. */
export const defaultProtocols: readonly string[] = ["5.0"];

/** The protocols in a `…_manifest.json`; undefined when it is not such a manifest. */
export function parseManifest(text: string): readonly string[] | undefined {
  const json = parseStrictJson(text);
  return json.ok && validate(json.value) ? json.value.metadata.protocol_versions : undefined;
}
