import { createCredentialProvider } from '../../src/credentials/provider';
import { untouched } from '../activities/access/support/lab';
import { makePasswordStore, type PasswordStore } from '../credentials/support';
import { describeWith } from '../support/tools';
import { setAccessStage, type AccessStage } from './support/accessStage';

const entry = 'annarchy.net/pve/api-token';
const user = 'claude-code@pve';

describeWith(['pass', 'gpg'], 'access with the password store pass', () => {
  let store: PasswordStore;
  let stage: AccessStage;
  beforeAll(async () => {
    store = await makePasswordStore();
    await store.insert('warm', 'up\n');
    await store.unlock('warm');
    stage = await setAccessStage(untouched('9'), { credentials: `pass_path: ${entry}` });
  });
  afterAll(async () => {
    await stage.close();
    await store.remove();
  });

  const stored = async () => createCredentialProvider({ provider: 'pass', passPath: entry }).read();
  const tokens = () => [
    ...(stage.lab.simulator.control.cluster.access.users.get(user)?.tokens.values() ?? []),
  ];

  test('is set up, rotated and removed; the secret that is stored is the one of the only token', async () => {
    const first = await stage.bring('bootstrapAccess');
    expect(first).toMatchObject({ outcome: 'done', store: `pass entry ${entry}` });
    expect((await stored()).secret.reveal()).toBe(tokens()[0]?.secret);

    await expect((await stage.start('bootstrapAccess')).report()).resolves.toMatchObject({ steps: [] });

    await stage.bring('rotateToken');
    expect(tokens()).toHaveLength(1);
    expect((await stored()).tokenId).toBe(`${user}!automation-2`);
    expect((await stored()).secret.reveal()).toBe(tokens()[0]?.secret);

    await stage.bring('undoAccess');
    await expect(stored()).rejects.toMatchObject({ code: 'CredentialsMissing' });
  });

  test('asks while the key is locked, keeps what is stored, and goes on once it is unlocked', async () => {
    await stage.bring('bootstrapAccess');
    const before = (await stored()).secret.reveal();
    const running = await stage.start('rotateToken');
    await running.plan();
    await store.lock();
    await running.approve();
    const decision = await running.decision();
    expect(decision).toMatchObject({ kind: 'inspectionFailed', problem: { code: 'CredentialsLocked' } });
    await store.unlock(entry);
    expect((await stored()).secret.reveal()).toBe(before);
    await running.decide(decision, 'retry');
    await running.approved();
    await expect(running.report()).resolves.toMatchObject({ outcome: 'done' });
    expect((await stored()).secret.reveal()).toBe(tokens()[0]?.secret);
    expect(tokens()).toHaveLength(1);
  });
});
