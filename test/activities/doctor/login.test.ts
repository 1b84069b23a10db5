import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../src/domain/checkup';
import { faultsOf, healthyScenario, openCheckupLab, type LabConfig } from './support/checkupLab';

const password = 'the passw0rd of root';

/** What a checkup finds about the login of a configuration that names one. */
async function loginOf(stored: string, config: LabConfig = {}) {
  const scenario = healthyScenario('9');
  const lab = await openCheckupLab(
    { ...scenario, access: { ...scenario.access, root_password: password } },
    config,
  );
  try {
    const path = join(lab.folder, 'root');
    writeFileSync(path, `root@pam\n${stored}\n`, { mode: 0o600 });
    const dependencies = lab.dependencies();
    const checkup = await lab.checkUp({
      config: { ...dependencies.config, rootLogin: { provider: 'file', path } },
    });
    const isLogin = ({ check, where }: Finding) => check === 'credentials' && where === 'root@pam';
    const paths = lab.simulator.control.requests().map((request) => request.path);
    return { faults: faultsOf(checkup), login: checkup.findings.find(isLogin), paths };
  } finally {
    await lab.close();
  }
}

it('says that the login for a ticket works', async () => {
  const { faults, login } = await loginOf(password);
  expect(faults).toEqual([]);
  expect(login).toMatchObject({
    status: 'ok',
    what: expect.stringMatching(/^a login for a ticket works/) as string,
  });
});

it('warns of a password that is refused, without showing it', async () => {
  const { faults, login } = await loginOf('the wr0ng one');
  expect(faults).toEqual(['warning credentials root@pam']);
  expect(login?.remedy).toContain('line 1 root@pam');
  expect(JSON.stringify(login)).not.toContain('wr0ng');
});

it('shows the password to no node whose certificate is not trusted', async () => {
  const wrong = Array(32).fill('00').join(':');
  const { login, paths } = await loginOf(password, { pins: { pve01: wrong, pve02: wrong, pve03: wrong } });
  expect(login?.status).toBe('notChecked');
  expect(paths).not.toContain('/access/ticket');
});

it('logs in at a node that is trusted where others are not', async () => {
  const { faults, login, paths } = await loginOf(password, {
    pins: { pve01: Array(32).fill('00').join(':') },
  });
  expect(login?.status).toBe('ok');
  expect(faults.filter((fault) => fault.includes('credentials'))).toEqual([]);
  expect(paths).toContain('/access/ticket');
});
