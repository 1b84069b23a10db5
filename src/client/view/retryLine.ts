import { printable } from '../../domain/rendering/text';
import type { Retry } from '../operations/retries';

/** Activities whose names would not tell a person enough. */
const works: Readonly<Record<string, string>> = {
  planEvacuation: 'Looking at the cluster and planning',
  checkEvacuationPlan: 'Checking that the plan still holds',
  startMigration: 'Starting a migration',
  copyEnding: 'Watching a copy',
  awaitMigration: 'Watching a migration',
  abortMigration: 'Aborting a migration',
  proveMove: 'Looking where a guest is',
  listNode: 'Looking what is left on the node',
  releaseLeases: 'Giving back what was leased',
  writeReport: 'Writing the report',
  planAccess: 'Looking at the access and planning',
  applyAccess: 'Changing the access',
  issueToken: 'Making, storing and trying a token',
  awaitTokenTasks: "Waiting for the old token's tasks",
  forgetToken: 'Removing a stored token',
  planRunbook: 'Reading the runbook and planning',
  awaitTask: 'Waiting for a task',
  planPlaybook: 'Reading the playbook and planning',
  estimatePlaybook: 'Running the playbook with --check',
  startPlaybook: 'Starting the playbook',
  awaitPlaybook: 'Following the playbook',
  stopPlaybook: 'Ending the playbook',
  checkTemplatePlan: 'Checking that the plan still holds',
  planTemplate: 'Looking at the cluster and the image, and planning',
  cloneForCopy: 'Cloning the first copy',
  moveTemplateCopy: 'Moving a copy to its node',
  finishTemplateCopy: 'Converting to a template',
  cloneForBootTest: 'Cloning for the boot test',
  startBootTest: 'Starting the test clone',
  watchBootTest: 'Watching the test clone boot',
  bringTemplateIntoForce: 'Bringing the new version into force',
  isTemplateInForce: 'Looking which version is in force',
  stopBuiltGuest: 'Stopping a guest that is to go',
  destroyBuiltGuest: 'Deleting a guest that is to go',
  lookForDestruction: 'Looking what became of a deletion',
};

/**
 * Activities that only follow what runs in Proxmox. They may be begun again as often as workers come and go, so how
 * many attempts there are means nothing to a person.
 */
const watching: ReadonlySet<string> = new Set(['copyEnding', 'awaitMigration', 'awaitTask', 'awaitPlaybook']);

/** What is tried again, which attempt it is, and why the one before failed, in one line without control characters. */
export function retryLine({ activity, attempt, maximumAttempts, failed, code }: Retry): string {
  const of = maximumAttempts === undefined ? '' : ` of ${maximumAttempts}`;
  const shownCode = code === undefined ? '' : ` [${code}]`;
  const work = works[activity] ?? activity;
  if (watching.has(activity)) return printable(`${work} is taken up again: ${failed}${shownCode}`);
  return printable(`${work}: attempt ${attempt}${of}; the one before failed: ${failed}${shownCode}`);
}
