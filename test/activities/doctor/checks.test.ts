import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../simulator';
import type { CheckupDependencies } from '../../../src/activities/doctor/deps';
import { createCredentialProvider } from '../../../src/credentials/provider';
import { createCredentialStore } from '../../../src/credentials/store';
import type { Checkup } from '../../../src/domain/checkup';
import { proxmoxVersions, sharedGuest, testToken } from '../../e2e/support/scenario';
import {
  faultsOf,
  healthyScenario,
  labBuildsRole,
  labRole,
  openCheckupLab,
  type CheckupLab,
  type LabConfig,
} from './support/checkupLab';

interface Play {
  readonly scenario?: Partial<ScenarioInput>;
  readonly config?: LabConfig;
  readonly plant?: (lab: CheckupLab) => unknown;
  readonly dependencies?: Partial<CheckupDependencies>;
}

const names = ['pve01', 'pve02', 'pve03'];

/** A checkup of a cluster that differs in this from a healthy one. */
async function checkupOf(
  { scenario = {}, config = {}, plant, dependencies = {} }: Play,
  version: (typeof proxmoxVersions)[number] = '9',
): Promise<Checkup> {
  const lab = await openCheckupLab(healthyScenario(version, scenario), config);
  try {
    await plant?.(lab);
    return await lab.checkUp(dependencies);
  } finally {
    await lab.close();
  }
}

describe('trust in certificates', () => {
  it.each([
    ['has expired', { validForSeconds: -60 }, /\(CERT_HAS_EXPIRED\)/],
    [
      'is signed by another CA',
      { signedBy: 'stranger' as const },
      /not trusted \([A-Z_]+\): expected one signed by CA/,
    ],
    [
      'is for another host',
      { names: ['elsewhere.example'] },
      /\(ERR_TLS_CERT_ALTNAME_INVALID\)|altname|ALTNAME/,
    ],
  ])(
    'names a certificate that %s, and looks at that node through another one',
    async (_what, wish, words) => {
      const checkup = await checkupOf({
        config: { trust: 'authority' },
        plant: ({ simulator }) => simulator.control.changeCertificate('pve02', wish),
      });
      expect(faultsOf(checkup)).toEqual(['failed certificates pve02', 'notChecked token pve02']);
      expect(checkup.findings.find(({ status }) => status === 'failed')?.what).toMatch(words);
    },
  );

  it('accepts what the CA has signed, and warns that nothing is verified where that is switched off', async () => {
    expect(faultsOf(await checkupOf({ config: { trust: 'authority' } }))).toEqual([]);
    expect(faultsOf(await checkupOf({ config: { trust: 'insecure' } }))).toEqual([
      'warning certificates cluster',
    ]);
  });

  it('points to pxm bootstrap where nobody has said yet what is to be trusted', async () => {
    const { findings } = await checkupOf({ config: { trust: 'nothing' } });
    const certificates = findings.filter(({ check }) => check === 'certificates');
    expect(certificates.map(({ status, where }) => [status, where])).toEqual(
      names.map((name) => ['failed', name]),
    );
    for (const { remedy } of certificates) {
      expect(remedy).toContain('pxm bootstrap');
      expect(remedy).toContain('fingerprint: "');
    }
  });

  it('offers to replace the pin of a changed certificate', async () => {
    const pin = Array.from({ length: 32 }, () => 'AB').join(':');
    const checkup = await checkupOf({ config: { pins: { pve01: pin } } });
    expect(checkup.findings.find(({ status }) => status === 'failed')).toMatchObject({
      what: expect.stringContaining(`expected ${pin}, got `) as string,
      fix: { kind: 'replacePin', node: 'pve01' },
    });
  });
});

describe('the token', () => {
  it('is missed once, and all that it would show is not checked', async () => {
    const checkup = await checkupOf({ plant: ({ folder }) => rmSync(join(folder, 'token')) });
    const failed = faultsOf(checkup).filter((text) => !text.startsWith('notChecked'));
    expect(failed).toEqual(['failed credentials cluster']);
    expect(faultsOf(checkup)).toContain('notChecked token pve01');
    expect(checkup.findings.find(({ check }) => check === 'credentials')).toMatchObject({
      what: expect.stringMatching(
        /^there is no API token yet: read credentials file .*: it can't be opened/,
      ) as string,
      remedy: expect.stringMatching(/^Make one and store it there: pxm bootstrap\n/) as string,
    });
  });

  it('that is missing is not said to be made where pxm bootstrap can store none', async () => {
    const variables = { tokenIdVariable: 'PXM_NO_ID', tokenSecretVariable: 'PXM_NO_SECRET' };
    const lab = await openCheckupLab(healthyScenario('9'));
    const credentials = { provider: 'environment', ...variables } as const;
    const store = createCredentialStore(createCredentialProvider(credentials));
    const { findings } = await lab.checkUp({ config: { ...lab.config(), credentials }, credentials: store });
    await lab.close();
    const finding = findings.find(({ check }) => check === 'credentials');
    expect(finding?.status).toBe('failed');
    expect(finding?.remedy).not.toContain('bootstrap');
  });

  it.each(proxmoxVersions)('that is wrong is one fault on Proxmox VE %s', async (version) => {
    const plant = ({ folder }: CheckupLab) =>
      writeFileSync(join(folder, 'token'), `${testToken.id}\nwrong\n`, { mode: 0o600 });
    const { findings } = await checkupOf({ plant }, version);
    const failed = findings.filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ check: 'token', where: 'cluster' }]);
    expect(failed[0]?.what).toContain(version === '9' ? 'expired, wrong or removed' : 'invalid token value');
    expect(failed[0]?.remedy).toMatch(/^Make it anew and store it: pxm bootstrap\n/);
  });

  it('that expires soon is warned of, and so is its user', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3 * 24 * 3600 + 60;
    const users = [
      {
        id: 'claude-code@pve',
        expire: soon,
        tokens: [{ id: 'automation', secret: testToken.secret, expire: soon }],
      },
    ];
    const { access } = healthyScenario('9');
    const { findings } = await checkupOf({ scenario: { access: { ...access, users } } });
    expect(findings.filter(({ status }) => status !== 'ok').map(({ what }) => what)).toEqual([
      'the token claude-code@pve!automation expires in 3 days',
      'the user claude-code@pve expires in 3 days',
    ]);
  });

  it('that may not look at its own user is no fault', async () => {
    const { access } = healthyScenario('9');
    const acl = ['/nodes', '/vms', '/storage', '/sdn'].map((path) => {
      return { path, user: 'claude-code@pve', role: labRole };
    });
    const user = 'claude-code@pve';
    const root = { path: '/', user, role: labRole, propagate: false };
    const builds = { path: '/pool/pxm-builds', user, role: labBuildsRole };
    const checkup = await checkupOf({ scenario: { access: { ...access, acl: [...acl, root, builds] } } });
    expect(faultsOf(checkup)).toEqual(['notChecked tokenExpiry cluster']);
  });
});

describe('nodes', () => {
  it('that are cut off from the others are named, though they answer', async () => {
    const nodes = names.map((name) => ({
      name,
      link: name === 'pve01' ? ('cut' as const) : ('up' as const),
    }));
    const checkup = await checkupOf({ scenario: { nodes } });
    expect(faultsOf(checkup)).toEqual(['failed nodes pve01', 'notChecked storages local-lvm on pve01']);
    expect(checkup.findings.find(({ status }) => status === 'failed')?.what).toContain('cut off');
  });

  it('that say nothing on an open connection are named once', async () => {
    const checkup = await checkupOf({
      plant: ({ simulator }) => simulator.control.cutLink('pve02', { alsoFromClients: true }),
      dependencies: { nodePatienceMs: 3_000 },
    });
    expect(faultsOf(checkup).filter((text) => !text.startsWith('notChecked'))).toEqual([
      'failed nodes pve02',
    ]);
  });

  it('whose API hangs after the handshake are named once', async () => {
    const checkup = await checkupOf({
      plant: ({ simulator }) => {
        simulator.control.holdRequest({ node: 'pve02', path: '/version' }, 'before handling');
      },
      dependencies: { nodePatienceMs: 3_000 },
    });
    expect(faultsOf(checkup).filter((text) => !text.startsWith('notChecked'))).toEqual([
      'failed nodes pve02',
    ]);
  });

  it('that answer at first and hang then are named once', async () => {
    const checkup = await checkupOf({
      plant: ({ simulator }) => {
        for (const path of ['/nodes/pve02/time', '/nodes/pve02/network'])
          simulator.control.holdRequest({ path }, 'before handling');
      },
      dependencies: { nodePatienceMs: 3_000 },
    });
    expect(faultsOf(checkup)).toEqual([
      'failed nodes pve02',
      'notChecked clocks pve02',
      'notChecked storages local-lvm on pve02',
      'notChecked bridges vmbr0 on pve02',
    ]);
  });

  it('whose pvedaemon has stopped are named', async () => {
    const checkup = await checkupOf({
      plant: ({ simulator }) => simulator.control.stopService('pve02', 'pvedaemon'),
    });
    expect(faultsOf(checkup)).toEqual(['failed nodes pve02']);
    expect(checkup.findings.find(({ status }) => status === 'failed')?.what).toContain('pvedaemon');
  });

  it('that nobody has configured are warned of', async () => {
    expect(faultsOf(await checkupOf({ config: { nodes: ['pve01', 'pve02'] } }))).toEqual([
      'warning nodes pve03',
    ]);
  });
});

describe('clocks', () => {
  it('finds our own one wrong where the nodes agree', async () => {
    const now = () => new Date(Date.now() + 60_000);
    const checkup = await checkupOf({ dependencies: { now } });
    expect(faultsOf(checkup)).toEqual(['failed clocks this machine']);
    expect(checkup.findings.find(({ status }) => status === 'failed')?.what).toMatch(/(59|60|61) s ahead/);
  });
});

describe('SSH', () => {
  it('offers to accept a host key that is not known, and warns only', async () => {
    const checkup = await checkupOf({ plant: ({ folder }) => rmSync(join(folder, 'known_hosts')) });
    expect(faultsOf(checkup)).toEqual([
      ...names.map((name) => `warning hostKeys ${name}`),
      ...names.map((name) => `notChecked ssh ${name}`),
    ]);
    expect(checkup.findings.find(({ check }) => check === 'hostKeys')?.fix).toMatchObject({
      kind: 'acceptHostKey',
      node: 'pve01',
      fingerprint: expect.stringMatching(/^SHA256:/) as string,
    });
  });

  it('warns where nobody lets us log in, or sshd has stopped', async () => {
    const checkup = await checkupOf({
      plant: async ({ folder, simulator }) => {
        rmSync(join(folder, '.ssh/id_ed25519'));
        await simulator.control.stopService('pve03', 'sshd');
      },
    });
    expect(faultsOf(checkup)).toEqual(names.map((name) => `warning ssh ${name}`));
  });
});

describe('storages', () => {
  it('finds one that is broken on a node, one that is disabled, and one that there is not', async () => {
    const storages = healthyScenario('9').storages ?? [];
    const withLocal = (change: Partial<(typeof storages)[number]>) =>
      storages.map((it) => (it.id === 'local-lvm' ? { ...it, ...change } : it));
    const broken = await checkupOf({ scenario: { storages: withLocal({ inactive_on: ['pve03'] }) } });
    expect(faultsOf(broken)).toEqual(['failed storages local-lvm on pve03']);
    const disabled = await checkupOf({ scenario: { storages: withLocal({ disabled: true }) } });
    expect(faultsOf(disabled)).toEqual(['failed storages local-lvm']);
    expect(disabled.findings.find(({ status }) => status === 'failed')?.remedy).toContain('--disable 0');
    const missing = await checkupOf({
      scenario: { storages: storages.filter(({ id }) => id !== 'local-lvm') },
    });
    expect(faultsOf(missing)).toEqual(['failed storages local-lvm']);
  });

  it('wants the content "import" where images are imported, and warns of a place without snippets', async () => {
    const { access } = healthyScenario('9');
    const entry = { path: '/storage/local', user: 'claude-code@pve', role: 'PVEDatastoreAdmin' };
    const imports = await checkupOf({
      scenario: { access: { ...access, acl: [...(access?.acl ?? []), entry] } },
      config: { importStorage: 'local' },
    });
    expect(faultsOf(imports)).toEqual(['failed storages local']);
    const storages = (healthyScenario('9').storages ?? []).map((it) =>
      it.id === 'local' ? { ...it, content: ['iso'] } : it,
    );
    const checkup = await checkupOf({ scenario: { storages } });
    expect(faultsOf(checkup)).toEqual(['warning storages local']);
    expect(checkup.findings.find(({ status }) => status === 'warning')?.remedy).toContain(
      'pvesm set local --content iso,snippets',
    );
  });
});

describe('HA', () => {
  it('warns of nodes in maintenance, and says nothing where it manages no guest', async () => {
    const ha = { resources: [{ sid: 'vm:1001' }], maintenance: ['pve03'] };
    const checkup = await checkupOf({ scenario: { ha } });
    expect(faultsOf(checkup)).toEqual(['warning ha pve03']);
  });
});

describe('locks', () => {
  const locked = (lock: string) => [sharedGuest(1001, { lock }), sharedGuest(1002, { node: 'pve02' })];

  it('does not miss a task for a guest that hibernates', async () => {
    expect(faultsOf(await checkupOf({ scenario: { guests: locked('suspended') } }))).toEqual([]);
  });

  it.each([
    ['of the guest itself', 'migrate', { node: 'pve01', type: 'qmigrate', id: '1001' }],
    ['that clones another guest into it', 'clone', { node: 'pve02', type: 'qmclone', id: '1002' }],
    ['that backs up several guests of its node', 'backup', { node: 'pve01', type: 'vzdump', id: '' }],
  ])('takes a running task %s for the reason of its lock', async (_what, lock, task) => {
    const checkup = await checkupOf({
      scenario: { guests: locked(lock) },
      plant: ({ simulator: { control } }) => {
        const { cluster } = control;
        cluster.tasks.start({ ...task, authId: 'root@pam', run: () => cluster.clock.sleep(100_000) });
      },
    });
    expect(faultsOf(checkup)).toEqual([]);
  });

  it('finds one that a task of another kind does not explain, and how to unlock a container', async () => {
    const guests: ScenarioInput['guests'] = [
      { vmid: 1001, type: 'lxc', node: 'pve01', name: 'proxy', lock: 'backup', config: { memory: 512 } },
    ];
    const checkup = await checkupOf({ scenario: { guests } });
    expect(faultsOf(checkup)).toEqual(['failed locks CT 1001 (proxy)']);
    expect(checkup.findings.find(({ status }) => status === 'failed')?.remedy).toContain('pct unlock 1001');
  });

  it('looks twice: a lock whose task has ended in the meantime is no fault', async () => {
    const checkup = await checkupOf({
      scenario: { guests: locked('migrate') },
      plant: ({ simulator: { control } }) => {
        const hold = control.holdRequest(
          { path: '/cluster/resources', parameters: { type: 'vm' }, occurrence: 2 },
          'before handling',
        );
        void hold.arrived.then(() => {
          control.setLock(1001, undefined);
          hold.release();
        });
      },
    });
    expect(faultsOf(checkup)).toEqual([]);
  });

  it('does not judge the locks of a node that does not answer', async () => {
    const nodes = names.map((name) => ({
      name,
      power: name === 'pve01' ? ('off' as const) : ('on' as const),
    }));
    const checkup = await checkupOf({ scenario: { nodes, guests: locked('migrate') } });
    expect(faultsOf(checkup)).toContainEqual(expect.stringMatching(/^notChecked locks VM 1001/));
    expect(faultsOf(checkup).filter((text) => text.startsWith('failed'))).toEqual(['failed nodes pve01']);
  });
});
