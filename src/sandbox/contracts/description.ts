import { readFileSync } from "node:fs";

/** What the vendored part of GitHub's OpenAPI description looks like, as far as it is read here. */
export interface Description {
  readonly source: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Operation {
  readonly documentation?: string;
  /** Such requests count as creating content. */
  readonly notifies?: boolean;
  readonly parameters?: readonly (Reference | Parameter)[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { schema?: Schema }>>;
  };
  readonly responses: Readonly<Record<string, Reference | Response>>;
}

export interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Response {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export type Schema = Readonly<Record<string, unknown>>;

let loaded: Description | undefined;

export function description(): Description {
  loaded ??= JSON.parse(readFileSync(new URL("./github-openapi.json", import.meta.url), "utf8")) as Description;
  return loaded;
}

/** The thing itself, or what a reference to `#/components/…` points to. */
export function resolve<T extends object>(part: T | Reference): T {
  if (!("$ref" in part)) return part;
  const [, , kind = "", name = ""] = part.$ref.split("/");
  return resolve(description().components[kind]?.[name] as T | Reference);
}
