import type { RenderedStep } from '../../../src/domain/runbook/plan';
import type { Text } from '../../../src/domain/runbook/text';
import type { TemplatePlan } from '../../../src/domain/templatePlan';
import { templateDifference } from '../../../src/planning/template/difference';
import { outlineTemplate } from '../../../src/planning/template/plan';
import type { TemplatePlanInput } from '../../../src/planning/template/planInput';
import { withOwnSnippets } from '../../../src/planning/template/snippets';
import { buildStep } from '../../domain/rendering/templateGiven';
import { node, planInput } from './given';

const path = '/var/lib/vz/snippets/vendor.yaml';

/** A step that writes the snippet on every node, and one that makes a machine with it. */
function steps(content: Text = ['#cloud-config\n']): readonly RenderedStep[] {
  const cicustom = { name: 'cicustom', value: ['vendor=local:snippets/vendor.yaml'] };
  return [
    buildStep('vendor', {
      ...{ executor: 'SSH', place: { at: 'everyNode' }, shown: `write ${path} (mode 644):\n#cloud-config` },
      action: { type: 'file', path: [path], content, mode: '644' },
    }),
    buildStep('create', {
      action: {
        ...{ type: 'request', method: 'POST', path: ['/nodes/pve01/qemu'], headers: [] },
        ...{ parameters: [cicustom], waitForTask: true },
      },
      shown: 'POST /nodes/pve01/qemu\ncicustom=vendor=local:snippets/vendor.yaml',
    }),
    buildStep('look', {
      action: { type: 'program', words: [['cat'], [path], ['/old-vendor.yaml']] },
      shown: `cat ${path} /old-vendor.yaml`,
    }),
  ];
}

describe('a snippet', () => {
  it('is called after its content wherever it is named, other files stay', () => {
    const own = 'vendor-88c95955b024.yaml';
    const [write, create, look] = withOwnSnippets(steps(), 'debian-13-v1-5d2f9c1e');
    expect(write).toMatchObject({
      action: { path: [`/var/lib/vz/snippets/${own}`], content: ['#cloud-config\n'] },
      shown: `write /var/lib/vz/snippets/${own} (mode 644):\n#cloud-config`,
    });
    expect(create).toMatchObject({
      action: { parameters: [{ value: [`vendor=local:snippets/${own}`] }] },
      shown: `POST /nodes/pve01/qemu\ncicustom=vendor=local:snippets/${own}`,
    });
    expect(look).toMatchObject({
      action: { words: [['cat'], [`/var/lib/vz/snippets/${own}`], ['/old-vendor.yaml']] },
    });
  });

  it('of another content has another name, of a content that is known only in the run that of the build', () => {
    const nameOf = (content: Text) => withOwnSnippets(steps(content), 'debian-13-v1-5d2f9c1e')[0]?.shown;
    expect(nameOf(['#cloud-config\n{}\n'])).not.toBe(nameOf(['#cloud-config\n']));
    expect(nameOf([{ value: 'made', as: 'plain' }])).toContain('/vendor-debian-13-v1-5d2f9c1e.yaml ');
  });

  it('that two steps write is called after both contents: a change of either is another file', () => {
    const names = (second: Text) => {
      const [other] = steps(second);
      const all = other === undefined ? steps() : [...steps(), { ...other, id: 'variant' }];
      return withOwnSnippets(all, 'debian-13-v1-5d2f9c1e').flatMap(({ action }) =>
        action.type === 'file' ? action.path : [],
      );
    };
    expect(new Set(names(['#cloud-config\n{}\n'])).size).toBe(1);
    expect(names(['#cloud-config\n{}\n'])).not.toEqual(names(['#cloud-config\n[]\n']));
  });

  it('that no request names keeps its name', () => {
    const [write] = steps();
    const alone = write === undefined ? [] : [write];
    expect(withOwnSnippets(alone, 'debian-13-v1-5d2f9c1e')).toEqual(alone);
  });
});

describe('steps on every node', () => {
  const plan = (more: Partial<TemplatePlanInput> = {}, made = steps()): TemplatePlan =>
    outlineTemplate(planInput(more)).withVmids({ copies: [100, 101, 102], bootTest: 1000 }, () => ({
      runbook: { steps: made },
    }));
  const request = { runbook: 'debian-13', nodes: ['pve01'] };
  const away = [node('pve01'), node('pve02'), node('pve03', { online: false })];

  it('are done on those that answer; what the others go without is said', () => {
    const { nodes, warnings } = plan({ request, nodes: away });
    expect(nodes).toEqual(['pve01', 'pve02']);
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^pve03 does not answer: it goes without \/var\/lib\/vz\/snippets\/vendor-\w+\.yaml\./,
      ),
    );
    expect(plan({ request }).warnings.join()).not.toContain('does not answer');
  });

  it('on other nodes are another plan; without such steps the nodes are no part of it', () => {
    const [before, after] = [plan({ request }), plan({ request, nodes: away })];
    expect(after.hash).not.toBe(before.hash);
    expect(templateDifference(before, after)).toEqual([
      'The nodes of steps on every node: pve01, pve02, was pve01, pve02, pve03.',
    ]);
    const plain = [buildStep('create')];
    expect(plan({ request, nodes: away }, plain).hash).toBe(plan({ request }, plain).hash);
  });
});
