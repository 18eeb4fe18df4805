import { buildSchema, type GraphQLSchema } from "graphql";

let loaded: Promise<GraphQLSchema> | undefined;

/** GitHub's own schema. Reading it takes a fifth of a second, so it is read at the first query, once a process. */
export function githubSchema(): Promise<GraphQLSchema> {
  loaded ??= import("@octokit/graphql-schema").then(({ schema }) =>
    // Some of its deprecations do not fit the interfaces they implement; that is GitHub's affair.
    buildSchema(schema.idl, { assumeValid: true, noLocation: true }),
  );
  return loaded;
}
