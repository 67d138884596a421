import type { Route } from "./route.ts";
import { listActivity } from "./routes/activity.ts";
import { listAudit } from "./routes/audit.ts";
import { applyChanges, rotateSourceKey } from "./routes/change-sets.ts";
import { listChannels } from "./routes/channels.ts";
import { listProfileConsents, putProfileConsent } from "./routes/consents.ts";
import { listDefinitionVersions, rollBackDefinitions } from "./routes/definition-versions.ts";
import { deleteDefinition, getDefinition, listDefinitions, putDefinition } from "./routes/definitions.ts";
import { dryRunRoute } from "./routes/dry-run-journey.ts";
import { listFailedEvents, replayFailedEvents } from "./routes/failed-events.ts";
import { listConflicts, unmergeProfile } from "./routes/identity.ts";
import { createImport, getImport, listImports, startImport, stopImport } from "./routes/imports.ts";
import { getJourneyStats, listPersonRuns } from "./routes/journeys.ts";
import { getDistribution, getMigration } from "./routes/ladders.ts";
import { deleteManualTag, deleteStaticSegment, putManualTag, putStaticSegment } from "./routes/manual-tags.ts";
import { countMembers, explainProfileMembership, listMembers } from "./routes/memberships.ts";
import { getMetric, listMetrics } from "./routes/metrics.ts";
import { previewDefinitions } from "./routes/preview.ts";
import { getProfile, getProfileByIdentifier } from "./routes/profiles.ts";
import { getRetierRun, listRetierRuns, resumeRetierRun, startRetier, stopRetierRun } from "./routes/retier.ts";
import { simulateRoute } from "./routes/simulate-journey.ts";
import { getSourceSecret } from "./routes/source-secrets.ts";
import { previewTemplate } from "./routes/templates.ts";
import { getTemplateTest, testTemplate } from "./routes/test-send.ts";
import { createToken, deleteToken, listTokens } from "./routes/tokens.ts";
import { getTotals } from "./routes/totals.ts";
import { listTouches } from "./routes/touches.ts";

/** Every route of the administration API, in the order in which the document shows them. */
export const routes: readonly Route[] = [
  getProfileByIdentifier,
  getProfile,
  listActivity,
  listTouches,
  explainProfileMembership,
  listPersonRuns,
  listProfileConsents,
  putProfileConsent,
  putManualTag,
  deleteManualTag,
  putStaticSegment,
  deleteStaticSegment,
  unmergeProfile,
  listConflicts,
  listMembers,
  countMembers,
  getDistribution,
  getMigration,
  createImport,
  listImports,
  getImport,
  startImport,
  stopImport,
  startRetier,
  listRetierRuns,
  getRetierRun,
  stopRetierRun,
  resumeRetierRun,
  listChannels,
  getTotals,
  listMetrics,
  getMetric,
  // Before the list of a kind, which would take `versions` for one.
  listDefinitionVersions,
  listDefinitions,
  getDefinition,
  putDefinition,
  deleteDefinition,
  previewDefinitions,
  previewTemplate,
  testTemplate,
  getTemplateTest,
  simulateRoute,
  dryRunRoute,
  getJourneyStats,
  applyChanges,
  rollBackDefinitions,
  rotateSourceKey,
  getSourceSecret,
  listFailedEvents,
  replayFailedEvents,
  listAudit,
  createToken,
  listTokens,
  deleteToken,
];
