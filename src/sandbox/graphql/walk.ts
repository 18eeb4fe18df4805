import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** A query that the schema allows, with the values of its variables. */
export interface Query {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One field as it is asked for. */
export interface AskedField {
  readonly node: FieldNode;
  readonly parent: GraphQLCompositeType;
  /** undefined for `__typename` and the fields of introspection. */
  readonly definition: GraphQLField<unknown, unknown> | undefined;
  /** Response names from the root. */
  readonly path: readonly string[];
  /** What is asked of its value. */
  readonly below: readonly AskedField[];
}

/** The fields of the operation, fragments opened, what `@skip` and `@include` leave out left out. */
export function askedFields(query: Query): readonly AskedField[] {
  const root = query.schema.getQueryType();
  if (root === undefined || root === null) return [];
  const fragments = new Map(
    query.document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === "FragmentDefinition")
      .map((definition) => [definition.name.value, definition]),
  );
  return collect({ query, fragments }, query.operation.selectionSet, { parent: root, path: [] });
}

interface Walk {
  readonly query: Query;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

function collect(
  walk: Walk,
  { selections }: SelectionSetNode,
  { parent, path }: { parent: GraphQLCompositeType; path: readonly string[] },
): AskedField[] {
  const { schema, variables } = walk.query;
  return selections.flatMap((selection) => {
    const skipped = getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true;
    const included = getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
    if (skipped || !included) return [];
    if (selection.kind === "Field") return [openField(walk, selection, { parent, path })];
    const fragment = selection.kind === "InlineFragment" ? selection : walk.fragments.get(selection.name.value);
    const name = fragment?.typeCondition?.name.value;
    const type = name === undefined ? parent : schema.getType(name);
    if (fragment === undefined || !isCompositeType(type)) return [];
    return collect(walk, fragment.selectionSet, { parent: type, path });
  });
}

function openField(
  walk: Walk,
  node: FieldNode,
  { parent, path }: { parent: GraphQLCompositeType; path: readonly string[] },
): AskedField {
  const here = [...path, (node.alias ?? node.name).value];
  const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
  const definition = fields[node.name.value];
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  const below =
    node.selectionSet === undefined || !isCompositeType(type)
      ? []
      : collect(walk, node.selectionSet, { parent: type, path: here });
  return { node, parent, definition, path: here, below };
}
