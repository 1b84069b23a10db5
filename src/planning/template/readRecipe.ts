import { ManagerError, problem } from '../../domain/errors';
import type { RenderedRunbook } from '../../domain/runbook/plan';
import { fill, shownText, type Text } from '../../domain/runbook/text';
import type { ImageType, SourceRequest } from '../../domain/template/source';
import { readProperties } from './drives';
import type { TemplateRecipe } from './recipe';

/** What the frame gives the runbook, whoever asks: parameters of these names are not asked for. */
export const frameParameters = ['node', 'vmid', 'name'] as const;

/** A runbook that makes a template, rendered with stand-ins for what the frame gives. */
export interface RenderedTemplateRunbook {
  readonly imageType: ImageType;
  /** Its parameters put in. */
  readonly source: SourceRequest;
  readonly rendered: RenderedRunbook;
}

/** Reads from a runbook's steps what they will make. */
export function recipeOf({ imageType, source, rendered }: RenderedTemplateRunbook): TemplateRecipe {
  const parameters = Object.fromEntries(
    rendered.parameters
      .filter(({ name }) => !frameParameters.some((frame) => frame === name))
      .map(({ name, value }) => [name, value]),
  );
  const made = madeBy(rendered);
  const storage = made['scsi0'] === undefined ? parameters['storage'] : storageOf(made['scsi0']);
  const importStorage = parameters['import_storage'];
  const diskBytes = resizedTo(rendered) ?? madeEmpty(made);
  return {
    runbook: { name: rendered.name, sha256: rendered.sha256 },
    imageType,
    source,
    machine: {
      cores: Number(made['cores'] ?? 1),
      memoryMebibytes: Number(made['memory'] ?? 512),
      ...(made['ostype'] === undefined ? {} : { osType: made['ostype'] }),
      ...(made['agent'] === undefined ? { hasAgent: false } : {}),
    },
    purposes: [],
    ...(storage === undefined ? {} : { storage }),
    ...(importStorage === undefined ? {} : { importStorage }),
    ...(diskBytes === undefined ? {} : { diskBytes }),
    ...(source.schematic === undefined ? {} : { readiness: 'talosApi' as const }),
    parameters,
    made,
  };
}

const createPath = /^\/nodes\/[^/]+\/qemu$/;
const clonePath = /^\/nodes\/[^/]+\/qemu\/\d+\/clone$/;
const configPath = /^\/nodes\/[^/]+\/qemu\/\d+\/config$/;
const notTheMachine: ReadonlySet<string> = new Set([
  'vmid',
  'name',
  'description',
  'pool',
  'start',
  'storage',
]);

/** The parameters of the machine that its requests make: the creating one, then every change of its configuration. */
function madeBy({ name, steps }: RenderedRunbook): Readonly<Record<string, string>> {
  const requests = steps.flatMap(({ action }) =>
    action.type === 'request' && action.method !== 'GET' && action.method !== 'DELETE' ? [action] : [],
  );
  const creating = requests.find(({ method, path }) => method === 'POST' && createPath.test(shownText(path)));
  const clones = requests.some(({ method, path }) => method === 'POST' && clonePath.test(shownText(path)));
  if (creating === undefined && !clones) {
    throw new ManagerError(
      problem('InputInvalid', {
        attempted: `make a template by the runbook ${name}`,
        failed: 'none of its steps makes the virtual machine (POST /nodes/{node}/qemu, or a clone)',
        remedy: 'pxm runbook check --fix offers requests for qm commands.',
      }),
    );
  }
  const changing = requests.filter(({ path }) => configPath.test(shownText(path)));
  const pairs = [...(creating === undefined ? [] : [creating]), ...changing].flatMap((it) =>
    it.parameters.map((one) => [one.name, known(one.value)] as const),
  );
  return Object.fromEntries(pairs.filter(([key]) => !notTheMachine.has(key)));
}

function resizedTo({ steps }: RenderedRunbook): number | undefined {
  const sizes = steps.flatMap(({ action }) =>
    action.type === 'request' && /\/qemu\/\d+\/resize$/.test(shownText(action.path))
      ? action.parameters.filter(({ name }) => name === 'size').map(({ value }) => known(value))
      : [],
  );
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(sizes.at(-1) ?? '') ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * 1024 ** ' KMGT'.indexOf(unit || ' '));
}

/** `scsi0=local-lvm:32` makes an empty disk of 32 GiB (behaviour: create). Undefined: none is made. */
function madeEmpty(made: Readonly<Record<string, string>>): number | undefined {
  const gibibytes = Object.entries(made).flatMap(([key, value]) => {
    const [, digits] = /^[^:,]+:(\d+(?:\.\d+)?)(?:,|$)/.exec(value) ?? [];
    const isEmpty = /^(scsi|virtio|sata|ide)\d+$/.test(key) && !/import-from=/.test(value);
    return isEmpty && digits !== undefined && Number(digits) > 0 ? [Number(digits)] : [];
  });
  return gibibytes.length === 0 ? undefined : gibibytes.reduce((total, one) => total + one, 0) * 2 ** 30;
}

/** A value of the run stands as `{{name}}`. */
function known(text: Text): string {
  return text.every((piece) => typeof piece === 'string') ? fill(text, {}) : shownText(text);
}

function storageOf(drive: string): string | undefined {
  return readProperties(drive).first.split(':')[0];
}
