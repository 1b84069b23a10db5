import { anyPlanMarkdown } from '../../../src/domain/rendering/anyPlanMarkdown';
import { anyReportMarkdown, anyReportText } from '../../../src/domain/rendering/anyReport';
import { webUiBytes } from '../../../src/domain/rendering/planTable';
import { templatePlanMarkdown } from '../../../src/domain/rendering/templatePlanMarkdown';
import { utf8Length } from '../../../src/domain/rendering/text';
import { buildStep, templatePlan, templateReport } from './templateGiven';

const id = 'create-template/lab/debian-13';

describe('the plan of a template as Markdown', () => {
  it('says what is made of what, who vouches for it, where, what is deleted and what stays', () => {
    const text = templatePlanMarkdown(templatePlan(), id);
    expect(text).toContain('**Plan 0123456789ab**: make version 3 of the template debian-13 (cluster lab');
    expect(text).toContain('Because the image changed since version 2.');
    expect(text).toContain('signature of the key F6ECB3762474EDA9D21B7022871920D1991BC93C');
    expect(text).toContain(
      '| new copy, VM 104 | pve01 | built, image by way of local: built first, then tested; moves 400 MiB |',
    );
    expect(text).toContain('| new copy, VM 105 | pve02 | clone of the first copy, moved offline: pve02');
    expect(text).toMatch(/\| boot test, VM 1000 \| pve01 \| ready when its agent answers/);
    expect(text).toContain('| DELETES VM 100 debian-13 on pve01 (version 1) | pve01 |');
    expect(text).toContain('| stays: VM 101 debian-13 on pve02 (version 1) | pve02 | linked clones');
    expect(text).toContain('| bios = seabios |  | the conventions say ovmf;');
    expect(text).toContain('| build-pve01.remove-image: Do remove-image (DESTROYS, asks before) | API |');
    expect(text).toContain('**Warning:** VM 900 is called debian-13 too.');
    expect(text).not.toContain('more. All of them');
  });

  it('names the nodes that steps on every node are done on', () => {
    const steps = [buildStep('vendor', { place: { at: 'everyNode' } })];
    const text = templatePlanMarkdown(templatePlan({ builds: [{ node: 'pve01', steps }] }), id);
    expect(text).toContain('| steps on every node | pve01, pve02 | the nodes that answer |');
    expect(templatePlanMarkdown(templatePlan(), id)).not.toContain('on every node');
  });

  it('stays within what the Web UI shows: what is deleted before the steps, the rest counted', () => {
    const steps = Array.from({ length: 300 }, (_, index) => buildStep(`step-${index}`));
    const warnings = Array.from({ length: 20 }, (_, index) => `${index} ${'ü'.repeat(300)}`);
    const text = templatePlanMarkdown(templatePlan({ builds: [{ node: 'pve01', steps }], warnings }), id);
    expect(utf8Length(text)).toBeLessThanOrEqual(webUiBytes);
    expect(text).toContain('| DELETES VM 100');
    expect(text).toMatch(/\.\.\. and \d+ more\. All of them: `pxm watch create-template\/lab\/debian-13`/);
    expect(anyPlanMarkdown(templatePlan({ builds: [{ node: 'pve01', steps }] }), id)).toContain('step-299');
  });

  it('shows the steps of a second build only where they differ in more than node and VMID', () => {
    const copies = [104, 105].map((vmid) => ({
      ...{ vmid, node: `pve0${vmid - 103}`, method: 'build' as const, movedBytes: 0, because: 'b' },
    }));
    const steps = [buildStep('download')];
    const other = (shown: string) => [{ ...buildStep('download', { shown }), id: 'build-pve02.download' }];
    const planWith = (shown: string) =>
      templatePlanMarkdown(
        templatePlan({
          copies,
          builds: [
            { node: 'pve01', steps },
            { node: 'pve02', steps: other(shown) },
          ],
        }),
        id,
      );
    const same = planWith('POST /nodes/pve02/download\nvmid=105');
    expect(same).toContain(
      '| build of VM 105 | pve02 | the same steps as on pve01, with pve02 for pve01 and 105 for 104 |',
    );
    expect(same).not.toContain('build-pve02.download');
    expect(planWith('POST /nodes/pve02/download\nvmid=104')).toContain('build-pve02.download');
  });

  it.each([
    ['replicate', 'copy version 3 of the template debian-13 to more nodes'],
    ['retire', 'delete older versions of the template debian-13'],
    ['nothing', 'the template debian-13 is as it should be'],
  ] as const)('of one with %s to do says: %s', (todo, words) => {
    expect(templatePlanMarkdown(templatePlan({ todo }), id)).toContain(words);
  });

  it('does not let a name break out of its cell', () => {
    const [copy] = templatePlan().copies;
    const copies = copy === undefined ? [] : [{ ...copy, because: 'a|b\u001b[31m' }];
    expect(templatePlanMarkdown(templatePlan({ copies }), id)).toContain('a\\|b \\[31m');
  });
});

describe('the report of a template', () => {
  it('says what became of each copy and each older version, of the boot test and of the steps', () => {
    const text = anyReportText(templateReport());
    expect(text).toContain('Template debian-13, version 3 (cluster lab): done');
    expect(text).toContain('https://cloud.example/debian-13.qcow2');
    expect(text).toContain('VM 104 on pve01: in force');
    expect(text).toContain('VM 105 on pve02: UNKNOWN: look at it');
    expect(text).toContain('Boot test\n  the agent answers\n  cloud-init has finished');
    expect(text).toContain('VM 100 debian-13 on pve01 (version 1): deleted');
    expect(text).toContain('build-pve01.download  Download the image: done');
    expect(text).toContain('approve 0123456789ab by ada');
    expect(text).toContain('Operation create-template/lab/debian-13, asked for by ada@desk');
  });

  it('leaves out what there is not, and says that a clone was not ready', () => {
    const text = anyReportText(
      templateReport({ todo: 'nothing', retired: [], bootTest: { ready: false, seen: ['no agent'] } }),
    );
    expect(text).toContain('Template debian-13 (cluster lab): done');
    expect(text).not.toContain('Older versions');
    expect(text).toContain('Boot test: NOT READY\n  no agent');
  });

  it('is Markdown for a ticket', () => {
    const text = anyReportMarkdown(templateReport());
    expect(text).toContain('# Template debian-13, version 3 (cluster lab): done');
    expect(text).toContain('## Copies\n\n````text\nVM 104 on pve01: in force');
  });
});
