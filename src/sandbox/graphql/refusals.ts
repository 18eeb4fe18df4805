import { type ASTNode, type DocumentNode, type GraphQLError, visit } from "graphql";
import type { GraphqlProblem } from "./problem.ts";

interface Translation {
  readonly found: RegExp;
  readonly message: (match: readonly string[]) => string;
  readonly extensions: (match: readonly string[]) => Readonly<Record<string, unknown>>;
}

/** GitHub's words for what its schema does not allow. What is not here keeps the words of graphql-js. */
const TRANSLATIONS: readonly Translation[] = [
  {
    found: /^Cannot query field "(\w+)" on type "(\w+)"/,
    message: ([, field, type]) => `Field '${field}' doesn't exist on type '${type}'`,
    extensions: ([, fieldName, typeName]) => ({ code: "undefinedField", typeName, fieldName }),
  },
  {
    found: /^Unknown argument "(\w+)" on field "\w+\.(\w+)"/,
    message: ([, argument, field]) => `Field '${field}' doesn't accept argument '${argument}'`,
    extensions: ([, argumentName, name]) => ({ code: "argumentNotAccepted", name, typeName: "Field", argumentName }),
  },
  {
    found: /^Field "(\w+)" argument "(\w+)" of type "[^"]+" is required/,
    message: ([, field, argument]) => `Field '${field}' is missing required arguments: ${argument}`,
    extensions: ([, name, missing]) => ({
      code: "missingRequiredArguments",
      className: "Field",
      name,
      arguments: missing,
    }),
  },
  {
    found: /^Field "(\w+)" of type "([^"]+)" must have a selection of subfields/,
    message: ([, field, type]) =>
      `Field must have selections (field '${field}' returns ${type?.replace(/[[\]!]/g, "")} but has no selections. Did you mean '${field} { ... }'?)`,
    extensions: ([, field, type]) => ({ code: "selectionMismatch", nodeName: `field '${field}'`, typeName: type }),
  },
  {
    found: /^Variable "\$(\w+)" is never used(?: in operation "(\w+)")?/,
    message: ([, name, operation]) => `Variable $${name} is declared by ${operation ?? "anonymous query"} but not used`,
    extensions: ([, variableName]) => ({ code: "variableNotUsed", variableName }),
  },
  {
    found: /^Variable "\$(\w+)" (?:of required type "([^"]+)" was not provided|got invalid value)/,
    message: ([, name, type]) =>
      `Variable $${name}${type === undefined ? "" : ` of type ${type}`} was provided invalid value`,
    extensions: () => ({ code: "invalidVariable" }),
  },
];

/** What the schema says against a query, as GitHub answers it: all of it, and nothing is carried out. */
export function presentRefusals(document: DocumentNode, errors: readonly GraphQLError[]): GraphqlProblem[] {
  const paths = pathsOf(document);
  return errors.map((error) => {
    const path = error.nodes?.map((node) => paths.get(node)).find((known) => known !== undefined);
    return { ...(path === undefined ? {} : { path }), ...translate(error) };
  });
}

function translate(error: GraphQLError): GraphqlProblem {
  const { message, locations = [] } = error;
  const place = { locations: locations.map(({ line, column }) => ({ line, column })) };
  for (const one of TRANSLATIONS) {
    const match = one.found.exec(message);
    if (match !== null) return { extensions: one.extensions(match), ...place, message: one.message(match) };
  }
  return { extensions: { code: "invalid" }, ...place, message };
}

/** Where each node stands: `["query", "repository", "... on Commit", "oid"]`. */
function pathsOf(document: DocumentNode): Map<ASTNode, readonly string[]> {
  const paths = new Map<ASTNode, readonly string[]>();
  const above: string[][] = [[]];
  visit(document, {
    enter(node) {
      const word = wordOf(node);
      const path = [...(above.at(-1) ?? []), ...(word === null ? [] : [word])];
      paths.set(node, path);
      above.push(path);
    },
    leave() {
      above.pop();
    },
  });
  return paths;
}

function wordOf(node: ASTNode): string | null {
  switch (node.kind) {
    case "OperationDefinition":
      return node.name === undefined ? node.operation : `${node.operation} ${node.name.value}`;
    case "FragmentDefinition":
      return `fragment ${node.name.value}`;
    case "InlineFragment":
      return `... on ${node.typeCondition?.name.value ?? ""}`;
    case "FragmentSpread":
      return `... ${node.name.value}`;
    case "Field":
      return (node.alias ?? node.name).value;
    case "Argument":
      return node.name.value;
    default:
      return null;
  }
}
