const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Test files that take longer than half a minute beside five others on two cores, the longest first. One that is not here
 * runs after them; to leave one out costs time at the end of a run and nothing else.
 */
const longest = [
  'test/client/doctor/pairs',
  'test/client/up',
  'test/e2e/templateCopies',
  'test/canary/storyTalos',
  'test/canary/storyAccess',
  'test/activities/access/cuts',
  'test/canary/storyPass',
  'test/e2e/cluster',
  'test/client/demo',
  'test/e2e/template',
  'test/runbooks/fuzz',
  'test/e2e/failures/version84',
  'test/runbooks/injection',
  'test/client/templateCreate',
  'test/e2e/failures/version9',
  'test/e2e/ansible',
  'test/e2e/failures/ansible',
  'test/e2e/failures/talosctl',
  'test/runbooks/shippedRuns84',
  'test/runbooks/shippedRuns9',
  'test/e2e/longHistory',
  'test/client/withoutWorker',
  'test/canary/storyOthers',
  'test/e2e/access',
  'test/e2e/badImages',
  'test/client/evacuate',
  'test/temporal/worker',
  'test/e2e/credentials',
  'test/e2e/templateForce',
  'test/e2e/messages',
  'test/activities/access/bootstrap',
  'test/client/bootstrap',
  'test/e2e/templatesAtOnce',
  'test/client/simulate',
  'test/e2e/stalled',
  'test/activities/talos/life',
  'test/e2e/accessInPass',
  'test/activities/access/drift',
  'test/e2e/truth',
  'test/credentials/writer',
  'test/e2e/runbookStops',
  'test/simulator/ssh/shell',
  'test/activities/runbook/steps',
  'test/canary/temporal',
  'test/e2e/readCluster',
  'test/temporal/embeddedServer',
  'test/e2e/cloneSlots',
  'test/e2e/ledger',
  'test/e2e/templateSnippets',
  'test/e2e/rotationMeanwhile',
  'test/activities/access/rotate',
  'test/e2e/temporalCli',
  'test/proxmox/poller',
  'test/client/terminal',
  'test/e2e/replan',
  'test/e2e/clusterCancelled',
  'test/e2e/accessRemovals',
  'test/activities/inspection/thousandGuests',
  'test/activities/doctor/checks',
  'test/client/doctor/planted',
  'test/client/messages',
  'test/client/runbookRun',
];

/** Jest orders files that it has not run yet by size. The long ones are short files: they came last, and it waited for them. */
class LongestFirst extends Sequencer {
  constructor(options) {
    super(options);
    this.longest = longest.map((name) => join(options.globalConfig.rootDir, `${name}.test.ts`));
    const gone = this.longest.filter((path) => !existsSync(path));
    if (gone.length > 0)
      throw new Error(`test/support/longestFirst.js names what is gone: ${gone.join(', ')}`);
  }

  sort(tests) {
    const places = new Map(this.longest.map((path, place) => [path, place]));
    const placeOf = ({ path }) => places.get(path) ?? longest.length;
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

module.exports = LongestFirst;
