const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Test files that take longer than a quarter of a minute on two idle cores, the longest first. One that is not here
 * runs after them; to leave one out costs time at the end of a run and nothing else.
 */
const longest = [
  'test/e2e/template',
  'test/e2e/templateCopies',
  'test/e2e/badImages',
  'test/e2e/ansible',
  'test/activities/access/cuts',
  'test/canary/temporal',
  'test/canary/storyPass',
  'test/canary/storyAccess',
  'test/client/demo',
  'test/client/up',
  'test/client/doctor/pairs',
  'test/runbooks/injection',
  'test/runbooks/fuzz',
  'test/ansible/runs',
  'test/client/templateCreate',
  'test/runbooks/shippedRuns84',
  'test/runbooks/shippedRuns9',
  'test/e2e/templatesAtOnce',
  'test/client/completionInShells',
  'test/e2e/failures/version84',
  'test/e2e/failures/version9',
  'test/client/withoutWorker',
  'test/e2e/messages',
  'test/e2e/stalled',
  'test/e2e/accessInPass',
  'test/e2e/access',
  'test/client/evacuate',
  'test/e2e/longHistory',
  'test/canary/storyOthers',
  'test/proxmox/poller',
  'test/temporal/embeddedServer',
  'test/e2e/credentials',
  'test/client/bootstrap',
  'test/credentials/writer',
  'test/temporal/worker',
  'test/activities/access/rotate',
  'test/activities/access/bootstrap',
  'test/e2e/truth',
  'test/e2e/ledger',
  'test/e2e/rotationMeanwhile',
  'test/client/messages',
  'test/client/terminal',
  'test/e2e/replan',
  'test/client/doctor/planted',
  'test/proxmox/pollerPrediction',
  'test/e2e/evacuateNode',
  'test/activities/doctor/privileges',
  'test/client/simulate',
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
