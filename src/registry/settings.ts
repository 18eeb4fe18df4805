import { Ajv2020 } from "ajv/dist/2020.js";
import { type Static, Type } from "typebox";
import { parseDocument } from "yaml";
import type { Layout } from "./address.ts";
import { plainText, quoted } from "./plain-text.ts";
import { configurationPath } from "./tree.ts";

const strict = { additionalProperties: false };
const oneOf = <const A extends string, const B extends string, const C extends string = B>(
  values: readonly [A, B, C?],
  description: string,
) => Type.Optional(Type.Unsafe<A | B | C>({ enum: [...values], description }));

/** `.github/registrar.yml`. Everything has a default; an empty file works. */
export const SettingsSchema = Type.Object(
  {
    layout: oneOf(["plain", "lettered"], "Where records lie; default: as the records that are there."),
    paused: Type.Optional(Type.Boolean({ description: "Keep checking, stop merging." })),
    merge_method: oneOf(["merge", "squash", "rebase"], "Default: merge, which keeps the judged head in history."),
    policy: Type.Optional(
      Type.Object(
        {
          settle: Type.Optional(
            Type.String({ pattern: "^\\d{1,4}(s|m|h)$", description: "How long a release must be quiet; default 2m." }),
          ),
          unsigned: oneOf(["hold", "allow"], "Versions of a namespace that has no key at all; default hold."),
          expired_keys: oneOf(["pass", "hold"], "Signatures by an expired key; default pass, with a notice."),
          weak_signatures: oneOf(["pass", "hold"], "RSA below 2048 bits, DSA, SHA-1; default hold."),
        },
        strict,
      ),
    ),
  },
  { ...strict, $schema: "https://json-schema.org/draft/2020-12/schema", title: "Registrar configuration" },
);

/** A registry's configuration with all defaults filled in. */
export interface Settings {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  readonly paused: boolean;
  readonly mergeMethod: "merge" | "squash" | "rebase";
  readonly policy: {
    readonly settleSeconds: number;
    readonly unsigned: "hold" | "allow";
    readonly expiredKeys: "pass" | "hold";
    readonly weakSignatures: "pass" | "hold";
  };
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] };

const validate = new Ajv2020({ allErrors: true }).compile<Static<typeof SettingsSchema>>(SettingsSchema);
/** Far more than any configuration has; parsing hostile YAML takes much longer than its length suggests. */
const longestFile = 32 * 1024;
const mostProblems = 20;

/** Parses `.github/registrar.yml`; null stands for no such file. All problems at once, each a plain sentence. */
export function parseSettings(text: string | null): ParsedSettings {
  if (text !== null && text.length > longestFile) return wrong([`the file has more than ${longestFile} characters`]);
  const document = parseDocument(text ?? "", { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    return wrong(document.errors.map((error) => plainText((error.message.split("\n")[0] ?? "").replace(/:$/, ""))));
  }
  let value: unknown;
  try {
    // Aliases may multiply a small file into a huge one.
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return wrong([String(error)]);
  }
  if (!validate(value)) {
    return wrong(
      (validate.errors ?? []).map((error) => {
        const field = error.instancePath.slice(1).replaceAll("/", ".");
        const detail =
          error.keyword === "additionalProperties"
            ? `unknown key ${quoted(error.params.additionalProperty)}`
            : error.keyword === "enum"
              ? `must be one of ${(error.params.allowedValues as string[]).join(", ")}`
              : (error.message ?? "is wrong");
        return field === "" ? detail : `${field}: ${detail}`;
      }),
    );
  }
  return { ok: true, settings: withDefaults(value) };
}

function wrong(problems: readonly string[]): ParsedSettings {
  const shown = problems.slice(0, mostProblems);
  if (problems.length > mostProblems) shown.push(`and ${problems.length - mostProblems} more problems`);
  return { ok: false, problems: shown.map((problem) => `${configurationPath}: ${problem}.`) };
}

function withDefaults(file: Static<typeof SettingsSchema>): Settings {
  return {
    layout: file.layout ?? null,
    paused: file.paused ?? false,
    mergeMethod: file.merge_method ?? "merge",
    policy: {
      settleSeconds: seconds(file.policy?.settle ?? "2m"),
      unsigned: file.policy?.unsigned ?? "hold",
      expiredKeys: file.policy?.expired_keys ?? "pass",
      weakSignatures: file.policy?.weak_signatures ?? "hold",
    },
  };
}

function seconds(text: string): number {
  const unit = text.endsWith("h") ? 3600 : text.endsWith("m") ? 60 : 1;
  return Number.parseInt(text, 10) * unit;
}

export const defaultSettings: Settings = withDefaults({});
