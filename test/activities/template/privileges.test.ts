import type { ScenarioInput } from '../../../simulator';
import { buildPrivilegesOf, privilegesOf } from '../../../src/planning/access/privileges';
import { useCleanUp } from '../../proxmox/support';
import { templateLab } from './lab';

const clean = useCleanUp();

const all = [...privilegesOf('full', 9), ...buildPrivilegesOf('full', 9)].map(({ privilege }) => privilege);

type Access = NonNullable<ScenarioInput['access']>;

/** A token whose role has all that is needed but one privilege, with more entries if need be. */
function lacking(missing: string, acl: Access['acl'] = []): Partial<ScenarioInput> {
  return {
    version: '9',
    access: {
      users: [{ id: 'admin@pve', tokens: [{ id: 'test', secret: 'right' }] }],
      roles: [
        { id: 'Given', privileges: [...all, 'Datastore.Allocate'].filter((it) => it !== missing) },
        { id: 'Other', privileges: [missing] },
      ],
      acl: [{ path: '/', user: 'admin@pve', role: 'Given' }, ...acl],
    },
  };
}

async function warningsOf(scenario: Partial<ScenarioInput>) {
  const { plan } = await (await templateLab(clean, scenario)).plan();
  return plan.warnings.filter((it) => it.includes('lacks'));
}

test('a token with all that the table names gets no warning', async () => {
  expect(await warningsOf(lacking('Permissions.Modify'))).toEqual([]);
});

test.each(['VM.Allocate', 'VM.Clone', 'VM.PowerMgmt', 'VM.Config.Options'])(
  'without %s, which each template needs, there is no plan, and it is named with its path',
  async (missing) => {
    const lab = await templateLab(clean, lacking(missing));
    const refused = {
      code: 'PermissionMissing',
      message: expect.stringContaining(`the token lacks ${missing} on /vms`) as string,
      problem: { remedy: expect.stringContaining(`--privs "${missing}"`) as string },
    };
    await expect(lab.plan()).rejects.toMatchObject(refused);
    await expect(lab.plan({ dryRun: true })).rejects.toMatchObject(refused);
  },
);

test.each([
  ['VM.Config.CPU', '/vms'],
  ['VM.GuestAgent.Unrestricted', '/pool/pxm-builds'],
  ['Datastore.Allocate', '/storage/local'],
])('without %s, which not every runbook needs, the plan warns', async (missing, path) => {
  expect(await warningsOf(lacking(missing))).toEqual([
    expect.stringContaining(`The token lacks ${missing} on ${path}, which this plan may need`),
  ]);
});

test('held elsewhere, as on a pool, it is only a warning: Proxmox may find it enough', async () => {
  const onPool = [{ path: '/pool/lab', user: 'admin@pve', role: 'Other' }];
  const scenario = { ...lacking('VM.Allocate', onPool), pools: [{ id: 'lab' }] };
  expect(await warningsOf(scenario)).toEqual([expect.stringContaining('lacks VM.Allocate on /vms')]);
});
