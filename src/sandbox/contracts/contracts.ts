import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Answer } from "../http/answer.ts";
import type { Route } from "../http/route.ts";
import { description, type Operation, type Parameter, type Response, resolve, type Schema } from "./description.ts";
import { allowedAnswer } from "./exceptions.ts";

export interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly json: unknown;
  /** The body is a file, not JSON. */
  readonly upload: boolean;
}

/** Requests and answers against GitHub's own description. Validators are made when they are first needed. */
export class Contracts {
  documentation(route: Route): string {
    return operationOf(route)?.documentation ?? "https://docs.github.com/rest";
  }

  notifies(route: Route): boolean {
    return operationOf(route)?.notifies === true;
  }

  /** What is wrong with a request, in sentences. */
  checkRequest(route: Route, { params, query, json, upload }: RequestParts): string[] {
    const operation = operationOf(route);
    if (operation === undefined) return ["the operation is not in GitHub's description"];
    const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter));
    const problems: string[] = [];
    for (const parameter of parameters) {
      const value = parameter.in === "path" ? params[parameter.name] : query.get(parameter.name);
      if (parameter.in === "header") continue;
      if (value === null || value === undefined) {
        if (parameter.required === true) problems.push(`"${parameter.name}" wasn't supplied.`);
        continue;
      }
      problems.push(...this.#checkParameter(route, parameter, value));
    }
    for (const name of new Set(query.keys())) {
      if (!parameters.some((parameter) => parameter.in === "query" && parameter.name === name)) {
        problems.push(`"${name}" is not a query parameter of this operation.`);
      }
    }
    if (!upload) problems.push(...this.#checkBody(route, operation, json));
    return problems;
  }

  /** What is wrong with an answer of ours. */
  checkAnswer(route: Route, answer: Answer): string[] {
    const responses = operationOf(route)?.responses ?? {};
    const response = responses[String(answer.status)];
    if (response === undefined) {
      const problem = `status ${answer.status} is not in GitHub's description`;
      return allowedAnswer(route, problem) ? [] : [problem];
    }
    const schema = resolve<Response>(response).content?.["application/json"]?.schema;
    if (answer.json === undefined || schema === undefined) return [];
    const pointer = `#/paths/${escapePointer(route.path)}/${route.method.toLowerCase()}/responses/${answer.status}`;
    const validate = validator("answer", `${pointer} ${route.method}`, schema);
    if (validate(toJson(answer.json))) return [];
    return describe(validate.errors).filter((problem) => !allowedAnswer(route, problem));
  }

  #checkParameter(route: Route, parameter: Parameter, text: string): string[] {
    const validate = validator("parameter", `${route.method} ${route.path} ${parameter.name}`, {
      type: "object",
      properties: { value: parameter.schema },
    });
    return validate({ value: text })
      ? []
      : describe(validate.errors).map((problem) => `${parameter.name}${problem.replace(/^\/value/, "")}`);
  }

  #checkBody(route: Route, { requestBody }: Operation, json: unknown): string[] {
    const schema = requestBody?.content["application/json"]?.schema;
    if (schema === undefined) {
      const empty = json === undefined || JSON.stringify(json) === "{}";
      return empty || requestBody !== undefined ? [] : ["this operation takes no body."];
    }
    if (json === undefined) return requestBody?.required === true ? ["a JSON body is required."] : [];
    const validate = validator("body", `${route.method} ${route.path}`, schema);
    if (!validate(json)) return describe(validate.errors);
    return unknownProperties(schema, json).map((name) => `"${name}" is not a property of the body.`);
  }
}

/** The description never changes, so every sandbox of a process shares what was made. */
const validators = new Map<string, ValidateFunction>();
let strict: Ajv | undefined;
let coercing: Ajv | undefined;

function validator(kind: "answer" | "body" | "parameter", key: string, schema: Schema): ValidateFunction {
  const name = `${kind} ${key}`;
  const known = validators.get(name);
  if (known !== undefined) return known;
  strict ??= makeAjv(false);
  // Parameters are text; numbers and booleans among them are written out.
  coercing ??= makeAjv(true);
  const made = (kind === "parameter" ? coercing : strict).compile(local(schema));
  validators.set(name, made);
  return made;
}

function makeAjv(coerce: boolean): Ajv {
  const ajv = new Ajv({ strict: false, coerceTypes: coerce ? "array" : false, allErrors: true, inlineRefs: false });
  ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/);
  ajv.addFormat("uri", (text: string) => URL.canParse(text));
  for (const format of ["int64", "uri-template", "email", "repo.nwo", "ssh-key", "ssh-key fingerprint"])
    ajv.addFormat(format, true);
  ajv.addSchema({ $id: "gh", components: description().components }, "gh");
  return ajv;
}

function operationOf(route: Route): Operation | undefined {
  return description().paths[route.path]?.[route.method.toLowerCase()];
}

/** References inside an operation point to the whole description. */
function local(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"gh#/')) as Schema;
}

function escapePointer(path: string): string {
  return path.replaceAll("/", "~1");
}

/** As it leaves: without what is undefined. */
function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function describe(errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).slice(0, 5).map(({ instancePath, message, params, keyword }) => {
    const more = keyword === "enum" ? ` (${JSON.stringify(params.allowedValues)})` : "";
    return `${instancePath} ${message ?? keyword}${more}`;
  });
}

/** GitHub ignores what it does not know, and so would hide a misspelt name: here it is a problem. */
function unknownProperties(schema: Schema, json: unknown): string[] {
  const known = knownProperties(schema);
  if (known === null || typeof json !== "object" || json === null || Array.isArray(json)) return [];
  return Object.keys(json).filter((name) => !known.has(name));
}

/** null when anything goes. */
function knownProperties(schema: Schema): Set<string> | null {
  const whole = resolve<Schema>(schema);
  const parts = [whole.allOf, whole.anyOf, whole.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const own = whole.properties;
  if (whole.additionalProperties === true || (own === undefined && parts.length === 0)) return null;
  const names = new Set(Object.keys(own ?? {}));
  for (const part of parts) for (const name of knownProperties(part as Schema) ?? []) names.add(name);
  return names;
}
