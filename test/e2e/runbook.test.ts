import { runbookText, setRunbookStage, type RunbookStage } from './support/runbookStage';
import { smallCluster } from './support/scenario';

const seedForm = `
1. **Look at the cluster** (API)
   \`\`\`http {#version capture="version=/version"}
   GET /version
   \`\`\`
   Expected result: the version of Proxmox VE

2. **Start the guest** (API)
   \`\`\`http {#start wait=task}
   POST /nodes/pve01/qemu/103/status/start
   \`\`\`

3. **Look at the node** (SSH)
   \`\`\`bash
   hostname
   \`\`\`
   Expected result: \`pve01\`

4. **Count on this machine** (local)
   \`\`\`bash {#count capture=counted}
   echo $((20 + {{more}}))
   \`\`\`
   Expected result: \`output == 22\`
`;
const parameters = 'params:\n  node:\n    type: node\n  more:\n    type: integer\n    default: 2';

describe.each(['8.4', '9'] as const)('runRunbook on Proxmox VE %s', (version) => {
  let stage: RunbookStage;
  beforeEach(async () => {
    stage = await setRunbookStage(smallCluster(version));
  });
  afterEach(async () => stage.close());

  test('is planned, approved, done step by step over API, SSH and here, and reported', async () => {
    stage.write('check-guest', runbookText('check-guest', seedForm, parameters));
    const running = await stage.start({
      runbook: 'check-guest',
      parameters: { node: 'pve01' },
      requestedBy: 'tester',
    });
    const plan = await running.approved();
    expect(plan.runbook.steps.map(({ id, kind }) => [id, kind])).toEqual([
      ['version', 'read'],
      ['start', 'change'],
      ['step-3', 'read'],
      ['count', 'read'],
    ]);
    const report = await running.report();
    expect(report).toMatchObject({ outcome: 'done', runbook: 'check-guest', requestedBy: 'tester' });
    expect(report.steps.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['version', 'done'],
      ['start', 'done'],
      ['step-3', 'done'],
      ['count', 'done'],
    ]);
    expect(report.captures).toMatchObject({ counted: 22 });
    expect(report.captures['version']).toMatch(new RegExp(`^${version}`));
    expect(stage.lab.simulator.control.guest(103)).toMatchObject({ status: 'running' });
  });
});
