import type { PatternsInWords } from "./in-words.ts";
import { type Static, type TSchema, Type } from "./json-schema.ts";

const strict = { additionalProperties: false };
const oneOf = <const A extends string, const B extends string, const C extends string = B>(
  values: readonly [A, B, C?],
  description: string,
) => Type.Optional(Type.Unsafe<A | B | C>({ enum: [...values], description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
/** A mapping whose keys the operator chooses. */
const mapOf = <Value extends TSchema>(value: Value, description: string) =>
  Type.Optional(
    Type.Unsafe<Readonly<Record<string, Static<Value>>>>({ type: "object", additionalProperties: value, description }),
  );
const listOf = <Item extends TSchema>(item: Item, description: string) =>
  Type.Optional(Type.Array(item, { description }));

const duration = "^\\d{1,4}[smh]$";
const longerDuration = "^(?!0+[smh]$)\\d{1,4}[smh]$";
const baseUrl = "^(?:https://[0-9A-Za-z.-]+(?::\\d+)?)?/(?:[0-9A-Za-z._-]+/)*$";
const workflow = "^[0-9A-Za-z_][0-9A-Za-z._-]*\\.ya?ml$";
const fingerprint = "^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$";

export const patternsInWords: PatternsInWords = {
  [duration]: "a time such as 30s, 2m or 1h",
  [longerDuration]: "a time of at least 1s, such as 30m or 1h",
  [baseUrl]: 'a path or an https address with a slash at its end, such as "/registry/" or "https://files.example/"',
  [workflow]: "the name of a file in .github/workflows, such as publish.yml, or null",
  [fingerprint]: "a full fingerprint (40 or 64 hex digits, without spaces)",
};

/** `.github/registrar.yml`. Everything has a default; an empty file works. */
export const SettingsSchema = Type.Object(
  {
    layout: oneOf(["plain", "lettered"], "Where records lie; default: as the records that are there."),
    paused: flag("Keep checking, stop merging."),
    merge_method: oneOf(["merge", "squash", "rebase"], "Default: merge, which keeps the judged head in history."),
    policy: Type.Optional(
      Type.Object(
        {
          settle: Type.Optional(
            Type.String({ pattern: duration, description: "How long a release must be quiet; default 2m." }),
          ),
          archives: oneOf(
            ["digest", "download", "contents"],
            "Archives are judged by the digest that GitHub lists, by their bytes, or by that digest and their directory; default digest.",
          ),
          unsigned: oneOf(["hold", "allow"], "Versions of a namespace that has no key at all; default hold."),
          expired_keys: oneOf(["pass", "hold"], "Signatures by an expired key; default pass, with a notice."),
          weak_signatures: oneOf(["pass", "hold"], "RSA below 2048 bits, DSA, SHA-1; default hold."),
        },
        strict,
      ),
    ),
    namespaces: mapOf(
      Type.Object({ owner: Type.String({ description: "The account that releases." }) }, strict),
      "Namespaces whose repositories and keys are those of another account.",
    ),
    aliases: mapOf(Type.String(), "Addresses that publish another address's record: alias, then the address."),
    blocked: Type.Optional(
      Type.Object(
        {
          addresses: listOf(Type.String(), "NAMESPACE/TYPE, NAMESPACE/NAME/SYSTEM, NAMESPACE/* or NAMESPACE/NAME/*."),
          owners: listOf(
            Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
            "GitHub's numeric ids of accounts.",
          ),
          fingerprints: listOf(Type.String({ pattern: fingerprint }), "Signing keys."),
        },
        { ...strict, description: "What is never taken in; what is published already stays." },
      ),
    ),
    bump: Type.Optional(
      Type.Object(
        {
          enabled: flag("Whether Registrar opens pull requests for new releases; default true."),
          every: Type.Optional(
            Type.String({ pattern: longerDuration, description: "Between two looks at all upstreams; default 1h." }),
          ),
          group_above: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 1000,
              description: "More records than this found by one look share a pull request; default 5.",
            }),
          ),
        },
        strict,
      ),
    ),
    publish: Type.Optional(
      Type.Object(
        {
          enabled: flag("Whether the server publishes what is merged; default true."),
          base_url: Type.Optional(
            Type.String({
              pattern: baseUrl,
              maxLength: 200,
              description: 'Where clients find v1/: a path or an https URL, with a slash at its end; default "/".',
            }),
          ),
          workflow: Type.Optional(
            Type.Unsafe<string | null>({
              type: ["string", "null"],
              pattern: workflow,
              maxLength: 100,
              description:
                "A file in .github/workflows that is dispatched to publish, instead of the server; default null.",
            }),
          ),
        },
        strict,
      ),
    ),
  },
  { ...strict, $schema: "https://json-schema.org/draft/2020-12/schema", title: "Registrar configuration" },
);

/** The file as it may be written, when it is right. */
export type SettingsFile = Static<typeof SettingsSchema>;
