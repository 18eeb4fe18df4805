import type { Limits } from "../http/limits.ts";
import type { Route } from "../http/route.ts";
import { appRoutes } from "./app.ts";
import { archiveRoutes } from "./archives.ts";
import { branchRoutes } from "./branches.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { dispatchRoutes } from "./dispatches.ts";
import { gitObjectRoutes } from "./git-objects.ts";
import { gitRefRoutes } from "./git-refs.ts";
import { gitTreeRoutes } from "./git-trees.ts";
import { hookDeliveryRoutes } from "./hook-deliveries.ts";
import { issueRoutes } from "./issues.ts";
import { metaRoutes } from "./meta.ts";
import { profileRoutes } from "./profiles.ts";
import { pullRoutes } from "./pulls.ts";
import { releaseRoutes } from "./releases.ts";
import { repositoryRoutes } from "./repositories.ts";
import { requestedReviewerRoutes } from "./requested-reviewers.ts";
import { reviewRoutes } from "./reviews.ts";
import { ruleRoutes } from "./rules.ts";
import { statusRoutes } from "./statuses.ts";
import { workflowRoutes } from "./workflows.ts";

/** Every operation that the sandbox knows. An operation that is not here answers 404 and is recorded as a violation. */
export function routeTable(limits: Limits): readonly Route[] {
  return [
    ...appRoutes,
    ...hookDeliveryRoutes,
    ...metaRoutes(limits),
    ...profileRoutes,
    ...repositoryRoutes,
    ...branchRoutes,
    ...gitRefRoutes,
    ...gitObjectRoutes,
    ...gitTreeRoutes,
    ...contentRoutes,
    ...commitRoutes,
    ...pullRoutes,
    ...requestedReviewerRoutes,
    ...reviewRoutes,
    ...issueRoutes,
    ...checkRoutes,
    ...statusRoutes,
    ...releaseRoutes,
    ...archiveRoutes,
    ...dispatchRoutes,
    ...workflowRoutes,
    ...ruleRoutes,
  ];
}
