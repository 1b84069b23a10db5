import { PassThrough } from 'node:stream';
import { leaveToItself } from '../../src/client/commands/detach';
import { Session } from '../../src/client/session';
import { testClient } from '../support/temporal';
import { pxm } from './support/cli';
import { setClientStage } from './support/stage';

describe('pxm evacuate --detach --approve', () => {
  it('shows the report, with its exit code, of an operation that ended before the approval came', async () => {
    const stage = await setClientStage();
    await stage.startWorker();
    const { client, close } = await testClient();
    const stdout = new PassThrough();
    try {
      await pxm('evacuate', 'pve01', '--config', stage.configFile);
      await pxm('reject', 'pve01', '--config', stage.configFile);
      await client.workflow.getHandle(stage.workflowId).result();
      const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
      const terminal = { ...streams, env: {}, person: 'tester@desk' };
      const session = new Session(terminal, false, new AbortController().signal);
      const options = { approve: 'ffffffffffff', by: 'tester@desk', dryRun: false };
      expect(await leaveToItself(session, client, stage.workflowId, options)).toBe(3);
      expect(String(stdout.read())).toContain(`(cluster ${stage.cluster}): rejected`);
    } finally {
      await close();
      await stage.close();
    }
  });
});
