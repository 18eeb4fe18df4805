// node src/sandbox/contracts/vendor.ts <folder of @octokit/openapi> writes github-openapi.json: the operations of the
// route table and the schemas that they refer to, out of GitHub's OpenAPI description. Run it when a route is added.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Limits } from "../http/limits.ts";
import { routeTable } from "../routes/table.ts";

type Json = { [name: string]: unknown };

const [folder = ""] = process.argv.slice(2);
const description = readJson(join(folder, "generated/api.github.com.json"));
const { version } = readJson(join(folder, "package.json"));

const paths: Record<string, Json> = {};
for (const { method, path } of routeTable(new Limits({ writeSpacingMs: 0, anonymousLimit: 60 }))) {
  const item = asJson(asJson(description.paths)[path]);
  const operation = item[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${method} ${path} is not in GitHub's description.`);
  paths[path] = { ...paths[path], [method.toLowerCase()]: slim(asJson(operation)) };
}

const components: Record<string, Json> = {};
const waiting = references(paths);
for (const reference of waiting) {
  const [, , kind = "", name = ""] = reference.split("/");
  const known = components[kind] ?? {};
  components[kind] = known;
  if (name in known) continue;
  known[name] = clean(asJson(asJson(description.components)[kind])[name]);
  for (const further of references(known[name])) waiting.add(further);
}

const lines = [
  `{"source":${JSON.stringify(`@octokit/openapi ${version}, api.github.com.json`)},`,
  `"paths":{\n${entries(paths)}\n},`,
  `"components":{\n${Object.entries(components)
    .map(([kind, parts]) => `${JSON.stringify(kind)}:{\n${entries(parts)}\n}`)
    .join(",\n")}\n}}`,
];
writeFileSync(new URL("./github-openapi.json", import.meta.url), `${lines.join("\n")}\n`);

/** What validation needs, without texts and examples. */
function slim(operation: Json): Json {
  const { parameters, requestBody, responses, externalDocs } = operation;
  const notifies = asJson(operation["x-github"]).triggersNotification === true;
  const documentation = asJson(externalDocs).url;
  return asJson(clean({ documentation, ...(notifies ? { notifies } : {}), parameters, requestBody, responses }));
}

/** Drops texts, and turns OpenAPI 3.0's `nullable` into JSON Schema, also where an enum forgets to list null. */
function clean(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => clean(item));
  if (typeof value !== "object" || value === null) return value;
  const result: Json = {};
  for (const [name, part] of Object.entries(value)) {
    const dropped = ["description", "example", "examples", "title", "x-github", "headers", "links", "x-multi-segment"];
    if (!isMap && (dropped.includes(name) || (name === "summary" && typeof part === "string"))) continue;
    // Below these words stand names that somebody chose: one of them may be `description`.
    result[name] = clean(part, !isMap && ["properties", "responses", "content", "patternProperties"].includes(name));
  }
  return isMap ? result : withNull(result);
}

function withNull({ nullable, ...schema }: Json): Json {
  if (nullable !== true) return schema;
  if (Array.isArray(schema.enum)) {
    const values: unknown[] = schema.enum;
    return {
      ...schema,
      ...(schema.type === undefined ? {} : { type: [schema.type, "null"] }),
      enum: [...new Set([...values, null])],
    };
  }
  if (schema.type !== undefined) return { ...schema, type: [schema.type, "null"] };
  return { anyOf: [{ type: "null" }, schema] };
}

function references(value: unknown): Set<string> {
  const found = new Set<string>();
  JSON.stringify(value, (name, part: unknown) => {
    if (name === "$ref" && typeof part === "string") found.add(part);
    return part;
  });
  return found;
}

function entries(record: Json): string {
  return Object.entries(record)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(",\n");
}

function asJson(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function readJson(path: string): Json {
  return asJson(JSON.parse(readFileSync(path, "utf8")));
}
