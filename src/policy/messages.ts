// Every text that people read outside of rules, one idea a file; new ones need no line here.
export { renderBumpBody, renderGroupBody } from "./messages/bump-body.ts";
export { renderCheckSummary } from "./messages/check-summary.ts";
export { commentMarker, isAnnouncement, renderAnnouncement, renderComment } from "./messages/comment.ts";
export { renderConfigurationProblems } from "./messages/configuration-problems.ts";
export { headline, subject } from "./messages/headline.ts";
export { pushIdentity, renderPushReport } from "./messages/push-report.ts";
export { approvalText, reviewText } from "./messages/review-texts.ts";
export { isUngrouped, type Story } from "./messages/story.ts";
export { turnLabels } from "./messages/turn-labels.ts";
