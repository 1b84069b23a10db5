import {
  planPlaybookRun,
  playbookDifference,
  type PlaybookPlanInput,
} from '../../../src/planning/ansible/plan';
import { anyPlanMarkdown } from '../../../src/domain/rendering/anyPlanMarkdown';
import { utf8Length } from '../../../src/domain/rendering/text';
import { playbookPlanMarkdown } from '../../../src/domain/rendering/playbookPlanMarkdown';
import { isPlan } from '../../../src/client/shapes';

const input: PlaybookPlanInput = {
  ...{ cluster: 'lab', playbook: 'site', file: '/fleet/playbooks/site.yaml', inventory: '/fleet/hosts.yaml' },
  tree: {
    ...{ root: '/fleet', sha256: 'a'.repeat(64), files: 2, bytes: 20 },
    parts: [
      { name: 'playbooks', sha256: 'b'.repeat(64) },
      { name: 'roles', sha256: 'c'.repeat(64) },
    ],
  },
  besideTree: [{ path: '/etc/ansible/ansible.cfg', sha256: 'd'.repeat(64) }],
  ...{ settings: '/etc/ansible/ansible.cfg', program: 'ansible-core 2.19.4', limit: 'web' },
  ...{ tags: [], skipTags: [], extraVars: { n: 3 }, secretVars: { db: 'database' }, vault: true },
  plays: [{ name: 'Web', pattern: 'web', hosts: ['web1', 'web2'], tasks: ['Say hello', 'Wait'] }],
  times: { approvalExpiresAfterMs: 1, remindEveryMs: 1, stallAfterMs: 1 },
  madeAt: new Date(0),
  warnings: [],
};
const plan = planPlaybookRun(input);

describe('the plan of a run of a playbook', () => {
  test.each<[string, Partial<PlaybookPlanInput>, RegExp]>([
    [
      'a file of the tree',
      { tree: { ...input.tree, sha256: 'e', parts: [{ name: 'playbooks', sha256: 'e' }] } },
      /^Files have changed: playbooks in \/fleet\.$/m,
    ],
    ['the settings beside it', { besideTree: [] }, /\/etc\/ansible\/ansible\.cfg has changed/],
    [
      'a host',
      { plays: input.plays.map((play) => ({ ...play, hosts: ['web1', 'web3'] })) },
      /not in it: web3[\s\S]*no more: web2/,
    ],
    ['the version of Ansible', { program: 'ansible-core 2.20.0' }, /2\.19\.4 is ansible-core 2\.20\.0 now/],
    ['the limit', { limit: 'all' }, /the limit, the tags or the variables/],
    ['the value of a variable', { extraVars: { n: 4 } }, /variables/],
    ['the secret of a variable', { secretVars: { db: 'other' } }, /variables/],
  ])('is another one if %s is another, and says so', (_what, more, said) => {
    const other = planPlaybookRun({ ...input, ...more });
    expect(other.hash).not.toBe(plan.hash);
    expect(playbookDifference(plan, other).join('\n')).toMatch(said);
  });

  test('is the same with another estimate, at another time', () => {
    const other = planPlaybookRun({ ...input, madeAt: new Date(1), estimate: { hosts: [], madeAt: 'now' } });
    expect(other.hash).toBe(plan.hash);
    expect(playbookDifference(plan, other)).toEqual([]);
  });

  test('fits the Web UI however large it is, and names secrets only', () => {
    const hosts = Array.from({ length: 2000 }, (_, at) => `host-${at}`);
    const plays = Array.from({ length: 50 }, (_, at) => ({
      ...{ name: `Play ${at}`, pattern: 'all', hosts, tasks: hosts },
    }));
    const large = playbookPlanMarkdown(planPlaybookRun({ ...input, plays }), 'run-playbook/lab/site');
    expect(utf8Length(large)).toBeLessThan(3500);
    expect(large).toContain('pxm watch run-playbook/lab/site');
    expect(anyPlanMarkdown(plan, 'x')).toContain('Variable db = the secret database');
    expect(isPlan(JSON.parse(JSON.stringify(plan)))).toBe(true);
  });
});
