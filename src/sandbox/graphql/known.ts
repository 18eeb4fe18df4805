import { type GraphQLCompositeType, type GraphQLSchema, isObjectType } from "graphql";
import { fieldTable } from "./fields/table.ts";
import type { Field, Fields } from "./sources.ts";
import type { AskedField } from "./walk.ts";

/** The field of an object type, or undefined when the sandbox does not know it. */
export function knownField(type: string, name: string): Field<never> | undefined {
  const fields: Readonly<Record<string, Fields<never>>> = fieldTable;
  return fields[type]?.[name];
}

/** In sentences, what a query asks that GitHub has and the sandbox has not: nothing of it is answered with null. */
export function unknownParts(schema: GraphQLSchema, asked: readonly AskedField[]): string[] {
  return asked.flatMap((field) => [...missing(schema, field), ...unknownParts(schema, field.below)]);
}

function missing(schema: GraphQLSchema, { node, parent, definition }: AskedField): string[] {
  if (definition === undefined) return [];
  const name = definition.name;
  const types = knownTypes(schema, parent);
  const fields = types.map((type) => knownField(type, name));
  if (fields.length === 0 || fields.includes(undefined)) {
    return [`the sandbox does not know the field ${parent.name}.${name}`];
  }
  const given = (node.arguments ?? []).map((argument) => argument.name.value);
  return given
    .filter((argument) => fields.some((field) => typeof field !== "object" || !field.takes.includes(argument)))
    .map((argument) => `the sandbox does not know the argument ${argument} of ${parent.name}.${name}`);
}

/** The object types behind an interface that values of the sandbox can have. */
function knownTypes(schema: GraphQLSchema, type: GraphQLCompositeType): string[] {
  if (isObjectType(type)) return [type.name];
  return schema
    .getPossibleTypes(type)
    .map(({ name }) => name)
    .filter((name) => name in fieldTable);
}
