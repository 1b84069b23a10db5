import { loadScenario } from '../../simulator/scenario/load';
import { procedureText } from '../../src/client/demo/template/procedureText';
import { parseMarker } from '../../src/planning/template/marker';
import { checkRunbook } from '../../src/runbooks/check/check';
import { openShellParser } from '../../src/runbooks/shell/tree';
import { pxm } from './support/cli';

// The whole story is played by .ci/run.
describe('the demo of a template', () => {
  it('begins with version 1 in force, by a marker that counts, and a clone that depends on it', () => {
    const { guests } = loadScenario('debian-template');
    const template = guests.find(({ vmid }) => vmid === 900);
    expect(parseMarker(template?.config['description'])).toMatchObject({
      ...{ kind: 'template', name: 'debian-13', vmid: 900, generation: 1, runbook: 'debian-13' },
    });
    expect(guests.find(({ name }) => name === 'web-1')?.config['scsi0']).toContain('base-900-disk-1');
  });

  it('runs a procedure in the plain form, in which only the commands that REST could do are noted', async () => {
    const text = Buffer.from(procedureText(901));
    const { problems } = checkRunbook('guest-from-template.md', text, await openShellParser());
    expect(problems.map(({ kind }) => kind)).toEqual(['rest-instead', 'rest-instead']);
    expect(text.toString()).not.toMatch(/```bash \{/);
  });

  it('names the scenes that there are where another one is asked for', async () => {
    const { exitCode, stderr } = await pxm('demo', 'nothing');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('evacuation, template');
  });
});
