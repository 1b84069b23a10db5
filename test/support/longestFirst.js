const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Test files that take longer than half a minute beside five others on two cores, the longest first. One that is not here
 * runs after them; to leave one out costs time at the end of a run and nothing else.
 */
const longest = [
  'test/client/up',
  'test/canary/storyTalos',
  'test/canary/storyAccess',
  'test/activities/access/cuts',
  'test/e2e/clusterTalos',
  'test/e2e/templateCopies',
  'test/client/doctor/pairs',
  'test/canary/storyPass',
  'test/client/demo',
  'test/e2e/ansible',
  'test/e2e/longHistory',
  'test/e2e/failures/version9',
  'test/e2e/cluster',
  'test/runbooks/shippedRuns84',
  'test/e2e/template',
  'test/e2e/failures/ansible',
  'test/e2e/failures/talosctl',
  'test/client/templateCreate',
  'test/activities/doctor/privileges',
  'test/client/withoutWorker',
  'test/e2e/clusterTalosAnew',
  'test/e2e/failures/version84',
  'test/canary/storyOthers',
  'test/runbooks/fuzz',
  'test/e2e/access',
  'test/e2e/messages',
  'test/runbooks/shippedRuns9',
  'test/e2e/clusterStrangers',
  'test/e2e/templateForce',
  'test/runbooks/injection',
  'test/client/bootstrap',
  'test/e2e/credentials',
  'test/client/evacuate',
  'test/e2e/stalled',
  'test/activities/access/drift',
  'test/e2e/clusterPlaybook',
  'test/e2e/badImages',
  'test/e2e/rotationMeanwhile',
  'test/activities/doctor/checks',
  'test/e2e/templatesAtOnce',
  'test/e2e/accessInPass',
  'test/e2e/truth',
  'test/e2e/runbookStops',
  'test/simulator/process',
  'test/temporal/embeddedServer',
  'test/activities/runbook/steps',
  'test/proxmox/poller',
  'test/activities/talos/life',
  'test/e2e/learning',
  'test/activities/access/bootstrap',
  'test/conformance/mutate/kinds',
  'test/temporal/worker',
  'test/activities/talos/leaving',
  'test/standins/conformance/conformance',
  'test/simulator/ssh/shell',
  'test/canary/temporal',
  'test/temporal/harness',
  'test/e2e/clusterCancelled',
  'test/client/cluster',
  'test/client/terminal',
  'test/activities/access/rotate',
  'test/client/doctorFix',
  'test/e2e/templateSnippets',
  'test/client/completionInShells',
  'test/client/doctor/planted',
  'test/client/simulate',
  'test/activities/template/steps',
  'test/e2e/runbookLanguage',
  'test/e2e/cloneSlots',
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
