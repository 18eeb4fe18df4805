import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  GraphQLError as GraphqlFailure,
  getVariableValues,
  parse,
  validate,
} from "graphql";
import { ApiError } from "../errors.ts";
import { Body } from "../http/body.ts";
import { measureCost } from "./cost.ts";
import { knownField, unknownParts } from "./known.ts";
import { accessForbidden, FieldError, type GraphqlProblem } from "./problem.ts";
import { presentRefusals } from "./refusals.ts";
import { githubSchema } from "./schema.ts";
import { type QueryContext, type Value, value } from "./sources.ts";
import { askedFields, type Query } from "./walk.ts";

export interface QueryText {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** A query that may be carried out, or why not. */
export type PreparedQuery =
  | {
      readonly kind: "ready";
      readonly query: Query;
      readonly cost: number;
      readonly nodeCount: number;
      readonly aliases: number;
    }
  /** `violations` say it once more, for the sandbox's own list. */
  | { readonly kind: "refused"; readonly problems: readonly GraphqlProblem[]; readonly violations: readonly string[] };

/** Holds a query against GitHub's schema and limits, and against what the sandbox knows of them. */
export async function prepareQuery({
  query: text,
  variables: given,
  operationName,
}: QueryText): Promise<PreparedQuery> {
  const schema = await githubSchema();
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof GraphqlFailure)) throw error;
    const { message, locations = [] } = error;
    return refused([{ locations: locations.map(({ line, column }) => ({ line, column })), message }]);
  }
  const wrong = validate(schema, document);
  if (wrong.length > 0) return refused(presentRefusals(document, wrong));
  const operations = document.definitions.filter((definition) => definition.kind === "OperationDefinition");
  const operation = operations.find(({ name }) => operationName === undefined || name?.value === operationName);
  if (operation === undefined || (operationName === undefined && operations.length > 1)) {
    return refused([{ message: `No operation named "${operationName ?? ""}"` }]);
  }
  if (operation.operation !== "query")
    return refused([{ message: `the sandbox knows queries only, not a ${operation.operation}` }]);
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (coerced === undefined) return refused(presentRefusals(document, errors));
  const query: Query = { schema, document, operation, variables: coerced };
  const fields = askedFields(query);
  const { problems, ...cost } = measureCost(query, fields);
  if (problems.length > 0) return refused(problems);
  const unknown = unknownParts(schema, fields);
  if (unknown.length > 0) return refused([...new Set(unknown)].map((message) => ({ message })));
  const aliases = fields.filter(({ definition }) => definition !== undefined && definition.name !== "rateLimit").length;
  return { kind: "ready", query, ...cost, aliases };
}

function refused(problems: readonly GraphqlProblem[]): PreparedQuery {
  const violations = problems.map(({ message, path }) =>
    path === undefined ? message : `${path.join(".")}: ${message}`,
  );
  return { kind: "refused", problems, violations };
}

/** Carries a query out. What fails is null in its place and named in `errors`; a failure of the sandbox itself is thrown on. */
export async function carryOut(
  { schema, document, operation, variables }: Query,
  { context, onFailure }: { context: QueryContext; onFailure: (error: Error) => string },
): Promise<{ data: unknown; errors?: readonly GraphqlProblem[] }> {
  const result = await execute({
    schema,
    document,
    rootValue: value("Query", null),
    contextValue: context,
    variableValues: variables,
    operationName: operation.name?.value,
    fieldResolver: resolveField,
  });
  if (result.errors === undefined) return { data: result.data };
  return { data: result.data, errors: result.errors.map((error) => presentError(error, onFailure)) };
}

const resolveField: GraphQLFieldResolver<Value, QueryContext> = (parent, args, context, { fieldName }) => {
  const field = knownField(parent.__typename, fieldName);
  if (field === undefined) throw new Error(`No field ${parent.__typename}.${fieldName} in the table.`);
  const resolve = typeof field === "object" ? field.resolve : field;
  return resolve(parent.source as never, { ...context, args: new Body(args) });
};

function presentError(error: GraphQLError, onFailure: (error: Error) => string): GraphqlProblem {
  const place = {
    ...(error.path === undefined ? {} : { path: error.path }),
    locations: (error.locations ?? []).map(({ line, column }) => ({ line, column })),
  };
  const cause = error.originalError;
  const told = cause instanceof ApiError ? fieldErrorOf(cause) : cause;
  if (!(told instanceof FieldError)) return { ...place, message: onFailure(cause ?? error) };
  const { type, extensions, message } = told;
  return { type, ...(extensions === undefined ? {} : { extensions }), ...place, message };
}

/** What the REST API would refuse, refused here. */
function fieldErrorOf(error: ApiError): Error {
  if (error.status === 403) return accessForbidden(error.message);
  return error.status === 404 ? new FieldError("NOT_FOUND", error.message) : error;
}
