import { addressUnique, foldedAddress } from "./address-unique.ts";
import { appendOnly } from "./append-only.ts";
import { archives } from "./archives.ts";
import { configuration } from "./configuration.ts";
import { keyChange } from "./key-change.ts";
import { misplacedFile } from "./misplaced-file.ts";
import { newRecord } from "./new-record.ts";
import { notBlocked } from "./not-blocked.ts";
import { notWithdrawn } from "./not-withdrawn.ts";
import { protocols } from "./protocols.ts";
import { recordHead } from "./record-head.ts";
import { recordMatchesRelease } from "./record-matches-release.ts";
import { recordPlace } from "./record-place.ts";
import { recordShape } from "./record-shape.ts";
import { releasePublished } from "./release-published.ts";
import { releaseSettled } from "./release-settled.ts";
import { repositoryIdentity } from "./repository-identity.ts";
import { repositoryOwner } from "./repository-owner.ts";
import type { ReviewInput, Rule } from "./rule.ts";
import { pushScope, scope } from "./scope.ts";
import { signature } from "./signature.ts";
import { sumsCoverArchives } from "./sums-cover-archives.ts";
import { sumsUsable } from "./sums-usable.ts";
import { tagCommit } from "./tag-commit.ts";
import { versionSyntax } from "./version-syntax.ts";
import { versionUnique } from "./version-unique.ts";

/** Rules that need nothing but the record's text; `validate` uses these alone. */
export const textRules: readonly Rule[] = [recordShape, recordPlace, versionSyntax, versionUnique];

export { addressUnique, configuration, foldedAddress, pushScope, recordPlace, recordShape, scope, signature };

/** Every rule, in the order in which people read findings of one outcome. */
export const rules: readonly Rule[] = [
  scope,
  configuration,
  recordShape,
  recordPlace,
  misplacedFile,
  addressUnique,
  recordHead,
  appendOnly,
  versionSyntax,
  versionUnique,
  notWithdrawn,
  notBlocked,
  repositoryIdentity,
  repositoryOwner,
  releasePublished,
  releaseSettled,
  recordMatchesRelease,
  tagCommit,
  protocols,
  sumsUsable,
  sumsCoverArchives,
  archives,
  signature,
  keyChange,
  newRecord,
];

/**
 * For a pull request of ours that takes back what was never published: nothing of it comes from anywhere else, and removing a
 * version leaves nobody without it. A maintainer decides, so every kind of file has a rule here that holds it.
 */
const restorationRules: readonly Rule[] = [scope, recordHead, appendOnly, keyChange, misplacedFile];

export const rulesFor = ({ restores }: Pick<ReviewInput, "restores">): readonly Rule[] =>
  restores === undefined ? rules : restorationRules;

/** The same for what was pushed without a pull request. */
export const pushRules: readonly Rule[] = rules.map((rule) => (rule === scope ? pushScope : rule));
