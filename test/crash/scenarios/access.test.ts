import { startSimulator, type Simulator } from '../../../simulator';
import { clusterProblems } from '../judge';
import { truthOf } from '../truth';
import { bootstrap, rotate, undo } from './access';
import { bootstrappedCluster, user } from './accessCluster';

describe('the judge of access', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ scenario: bootstrappedCluster('9', false) });
  });
  afterEach(() => simulator.close());

  function judged(change: (simulator: Simulator) => void): string[] {
    const reference = truthOf(simulator.control);
    change(simulator);
    return clusterProblems(simulator.control, reference);
  }

  test('objects to a token that nobody planned', () => {
    const problems = judged(({ control }) => {
      const tokens = control.cluster.access.users.get(user)?.tokens;
      const [token] = tokens?.values() ?? [];
      if (token !== undefined) tokens?.set('orphan', { ...token, id: 'orphan' });
    });
    expect(problems).toEqual([expect.stringContaining(`token ${user}!orphan`)]);
  });

  test("objects to a change of somebody else's role", () => {
    const problems = judged(({ control }) =>
      control.cluster.access.roles.get('Auditors')?.privileges.delete('VM.Audit'),
    );
    expect(problems).toEqual(['role Auditors: Sys.Audit instead of Sys.Audit VM.Audit']);
  });

  test('knows what each operation has to leave', () => {
    expect(bootstrap.referenceProblems(simulator.control)).toEqual([]);
    expect(rotate.referenceProblems(simulator.control)).toContain(`there is no token ${user}!automation-2`);
    expect(undo.referenceProblems(simulator.control)).toContain(`there is a user ${user}`);
  });

  test('objects to a report of steps that were not done', () => {
    const step = { title: 'Set up the pool', outcome: 'failed' };
    const report = { outcome: 'incomplete', steps: [step] };
    expect(bootstrap.problems(simulator.control, report)).toEqual([
      'the report says incomplete',
      'the report says failed: Set up the pool',
    ]);
  });
});
