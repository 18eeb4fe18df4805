import { approvalByAuthor, approvalByBot, approvalByReader } from "./approvals.ts";
import { approvedThenChangedEvidence, sameHeadTwoPulls } from "./approved-too-early.ts";
import { headMoved, outsider, removedVersion, rewrittenVersion } from "./by-hand.ts";
import { recreated, transferred } from "./changed-hands.ts";
import { repositorySwapped, warningsAdded } from "./changed-heads.ts";
import { ipAllowList } from "./closed-doors.ts";
import { stopped, waiveThenPush } from "./commanding.ts";
import { keysPropose, keyWithVersion } from "./keys.ts";
import { configMoved, evidenceMoved, keyRemovedMeanwhile, retargeted } from "./meanwhile.ts";
import { module } from "./modules.ts";
import { newModuleApproved, newProviderApproved, newProviderHeld } from "./new-records.ts";
import { hugeNumber, tagTwin } from "./odd-versions.ts";
import { aliasCollision, symlink } from "./places.ts";
import { badArchive, badChecksum, badSignature, good, notSemver, unknownKey } from "./released.ts";
import { baseMovedSameVersion } from "./same-version.ts";
import type { Scenario } from "./scenario.ts";
import { outsideFiles, tooManyFiles } from "./too-much.ts";
import { noEvent } from "./untold.ts";
import { withdrawnStaysAway } from "./withdrawn.ts";

/** Every scenario, in the order in which they are listed: first what is merged, then what is not. */
export const scenarios: readonly Scenario[] = [
  good,
  noEvent,
  module,
  outsider,
  newProviderApproved,
  newModuleApproved,
  ipAllowList,
  keysPropose,
  badChecksum,
  badArchive,
  badSignature,
  unknownKey,
  notSemver,
  hugeNumber,
  tagTwin,
  rewrittenVersion,
  removedVersion,
  withdrawnStaysAway,
  headMoved,
  baseMovedSameVersion,
  transferred,
  recreated,
  warningsAdded,
  repositorySwapped,
  newProviderHeld,
  aliasCollision,
  symlink,
  keyWithVersion,
  approvalByReader,
  approvalByBot,
  approvalByAuthor,
  approvedThenChangedEvidence,
  sameHeadTwoPulls,
  configMoved,
  keyRemovedMeanwhile,
  evidenceMoved,
  retargeted,
  waiveThenPush,
  stopped,
  outsideFiles,
  tooManyFiles,
];
