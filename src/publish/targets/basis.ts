import { createHash } from "node:crypto";
import type { Layout } from "../../registry/address.ts";
import { Type } from "../../registry/json-schema.ts";
import type { OpenRequest, Published } from "../target.ts";
import { codeDigest } from "./code-digest.ts";

/** What a later publication needs to know of this one, so as to look at differences only; kept beside the documents. */
export interface Basis {
  readonly layout: Layout;
  /** By `inputsDigest`. */
  readonly inputs: string;
  /** Commits whose publication was begun since, where a place can be left halfway. */
  readonly begun?: readonly string[];
  /** Ids of trees, where a change by hand shows in them. */
  readonly trees?: Readonly<Record<string, string>>;
}

export const BasisSchema = Type.Object({
  layout: Type.Unsafe<Layout>({ enum: ["plain", "lettered"] }),
  inputs: Type.String(),
  begun: Type.Optional(Type.Array(Type.String())),
  trees: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** More publications than this that were left halfway: everything is looked at instead. */
const mostBegun = 8;

/** Changes with everything beside the source commit that documents follow from; null where that is not known. */
export function inputsDigest({ inputs }: Pick<OpenRequest, "inputs">): string | null {
  if (inputs === undefined) return null;
  return createHash("sha256").update(codeDigest()).update(inputs).digest("base64url");
}

/** What can be built upon, by a publication with these inputs. */
export function publishedOf(
  marker: { readonly commit: string | null; readonly basis?: Basis } | null,
  inputs: string | null,
): Published | null {
  const { commit = null, basis } = marker ?? {};
  if (commit === null || basis === undefined || basis.inputs !== inputs) return null;
  return { commit, begun: basis.begun ?? [], layout: basis.layout };
}

/** Of a place that is about to be changed to a commit. A commit that is not known leaves nothing to build upon. */
export function begunBasis(basis: Basis | undefined, commit: string | null): { readonly basis?: Basis } {
  if (basis === undefined || commit === null) return {};
  const begun = [...new Set([...(basis.begun ?? []), commit])];
  return begun.length > mostBegun ? {} : { basis: { ...basis, begun } };
}
