import type { Type as TypeBox } from "typebox";

export type { Static, TSchema } from "typebox";

type Schema = Readonly<Record<string, unknown>>;

const optional = Symbol("optional");
const isRequired = (schema: object): boolean => !(optional in schema);
/** Not to be seen in the schema itself. */
const asOptional = (schema: Schema): Schema => Object.defineProperty({ ...schema }, optional, { value: true });

const builders = {
  Array: (items: Schema, options: Schema = {}) => ({ type: "array", items, ...options }),
  Boolean: (options: Schema = {}) => ({ type: "boolean", ...options }),
  Integer: (options: Schema = {}) => ({ type: "integer", ...options }),
  Literal: (value: unknown, options: Schema = {}) => ({ type: typeof value, const: value, ...options }),
  Null: (options: Schema = {}) => ({ type: "null", ...options }),
  Object: (properties: Readonly<Record<string, Schema>>, options: Schema = {}) => {
    const required = Object.keys(properties).filter((name) => isRequired(properties[name] ?? {}));
    return { type: "object", ...(required.length > 0 ? { required } : {}), properties, ...options };
  },
  Optional: asOptional,
  Record: (_keys: Schema, values: Schema, options: Schema = {}) => ({
    type: "object",
    patternProperties: { "^.*$": values },
    ...options,
  }),
  String: (options: Schema = {}) => ({ type: "string", ...options }),
  Union: (anyOf: readonly Schema[], options: Schema = {}) => ({ anyOf, ...options }),
  Unknown: (options: Schema = {}) => ({ ...options }),
  Unsafe: (schema: Schema) => ({ ...schema }),
} as const;

/**
 * JSON Schemas by the names and with the types of TypeBox (https://github.com/sinclairzx81/typebox), of which these few are
 * used. Its types cost nothing; loading its seven hundred files took 100 ms and 18 MB of every command.
 */
export const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>;
