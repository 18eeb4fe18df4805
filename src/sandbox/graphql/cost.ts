import { getArgumentValues, getNamedType } from "graphql";
import type { GraphqlProblem } from "./problem.ts";
import type { AskedField, Query } from "./walk.ts";

const MOST_NODES = 500_000;
const LARGEST_PAGE = 100;

export interface Cost {
  /** Points of the hour's allowance. */
  readonly cost: number;
  /** How many nodes the query can return at most. */
  readonly nodeCount: number;
}

/**
 * What a query costs before it is carried out: the requests that its connections would need if every page were full,
 * divided by a hundred. https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function measureCost(query: Query, fields: readonly AskedField[]): Cost & { problems: GraphqlProblem[] } {
  const problems: GraphqlProblem[] = [];
  let requests = 0;
  let nodeCount = 0;
  const add = (asked: readonly AskedField[], times: number): void => {
    for (const field of asked) {
      if (!isConnection(field)) {
        add(field.below, times);
        continue;
      }
      const { size, problem } = pageOf(query, field);
      if (problem !== null) problems.push(problem);
      requests += times;
      nodeCount += times * size;
      add(field.below, times * Math.max(1, size));
    }
  };
  add(fields, 1);
  if (nodeCount > MOST_NODES) {
    const most = MOST_NODES.toLocaleString("en-US");
    problems.push({
      type: "MAX_NODE_LIMIT_EXCEEDED",
      message: `This query requests up to ${nodeCount.toLocaleString("en-US")} possible nodes which exceeds the maximum limit of ${most}.`,
    });
  }
  return { cost: Math.max(1, Math.round(requests / 100)), nodeCount, problems };
}

function isConnection({ definition }: AskedField): boolean {
  return definition !== undefined && getNamedType(definition.type).name.endsWith("Connection");
}

/** How many items of a connection are asked for, and GitHub's refusal when that is not between 1 and 100. */
function pageOf(query: Query, field: AskedField): { size: number; problem: GraphqlProblem | null } {
  const { node, definition } = field;
  const values = definition === undefined ? {} : getArgumentValues(definition, node, query.variables);
  const place = {
    path: field.path,
    locations: node.loc === undefined ? [] : [{ line: node.loc.startToken.line, column: node.loc.startToken.column }],
  };
  const refuse = (type: string, message: string) => ({ size: 0, problem: { type, ...place, message } });
  const name = definition?.name ?? "";
  for (const bound of ["first", "last"] as const) {
    const size = values[bound];
    if (typeof size !== "number") continue;
    if (size > LARGEST_PAGE) {
      return refuse(
        "EXCESSIVE_PAGINATION",
        `Requesting ${size} records on the \`${name}\` connection exceeds the \`${bound}\` limit of ${LARGEST_PAGE} records.`,
      );
    }
    if (size < 0) {
      return refuse("ARGUMENT_ERROR", `\`${bound}\` on the \`${name}\` connection cannot be less than zero.`);
    }
    return { size, problem: null };
  }
  // How many there are in all can be asked without a page.
  if (field.below.every(({ node }) => ["totalCount", "__typename"].includes(node.name.value))) {
    return { size: 0, problem: null };
  }
  return refuse(
    "MISSING_PAGINATION_BOUNDARIES",
    `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
  );
}
