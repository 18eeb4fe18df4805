import type { Change } from "../../registry/change.ts";
import type { WaivedFinding } from "../waiver.ts";

/** What an approving review says. Modules are tags, which nobody has to sign. */
export const approvalText = ({ records }: Change, waived: readonly WaivedFinding[] = []): string =>
  `${waived.length === 0 ? "Everything" : "But for what a maintainer has waived, everything"} that this pull request adds equals what its author released${records.every(({ address }) => address.kind === "provider") ? " and signed" : ""}.`;
export const reviewText = "See the lines below and the comment above for what to do.";
