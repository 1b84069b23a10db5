import { dirname } from 'node:path';
import type { ClusterConfig } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { TemplateRequest } from '../../domain/templatePlan';
import { frameParameters, recipeOf } from '../../planning/template/readRecipe';
import type { BuildValues, TemplateRunbook } from '../../planning/template/recipe';
import { calleesIn, findRunbook, listRunbooks, ownFolder, readRunbookFile } from '../../runbooks/catalogue';
import { checkRunbook } from '../../runbooks/check/check';
import { filledSource, sourceVmid } from '../../runbooks/filledSource';
import type { ImageSource } from '../../runbooks/imageSource';
import { withErrors } from '../../runbooks/render/render';
import { openShellParser } from '../../runbooks/shell/tree';
import { readRunbook } from '../runbook/readRunbook';
import { readSshKeys } from './sshKeys';

/** What stands for the values that are known only later: always the same, so that the same wish has the same hash. */
const standIns = { vmid: 999_999_999, name: 'pxm-build' } as const;
const standInImage: ImageSource = {
  url: 'https://example.com/image',
  algorithm: 'sha256',
  digest: '0'.repeat(64),
};

/**
 * Reads the runbook of a template. Throws NotFound where there is none, InputInvalid where it makes no template, has
 * errors, or a parameter is missing, wrong, or one that is given by the frame.
 */
export async function readTemplateRunbook(
  config: ClusterConfig,
  request: TemplateRequest,
): Promise<TemplateRunbook> {
  const { runbook: named, parameters = {} } = request;
  const folder = ownFolder(dirname(config.file));
  const { file } = findRunbook(folder, named);
  const parser = await openShellParser();
  const checked = checkRunbook(file, readRunbookFile(file), parser, calleesIn(listRunbooks(folder)));
  const { runbook } = checked;
  if (runbook === undefined) throw withErrors(checked.problems);
  const { image_type: imageType = 'none', source } = runbook.frontMatter;
  if (imageType === 'none' || source === undefined) {
    throw refused(named, 'it makes no template: it has no image_type, or no source');
  }
  const ours = frameParameters.find((name) => name in parameters);
  if (ours !== undefined) throw refused(named, `the parameter ${ours} is given by pxm template itself`);
  const declared = new Set(runbook.parameters.map(({ name }) => name));
  const nodes = config.cluster.nodes.map(({ name }) => name);
  const library = {
    ...{ folder, parser },
    surroundings: {
      ...{ cluster: config.cluster.name, nodes, conventions: config.conventions },
      sshKeys: () => readSshKeys(config),
    },
  };
  const fill = ({ node, vmid, name, source: image }: BuildValues) => {
    const frame = Object.entries({ node, vmid: String(vmid), name }).filter(([it]) => declared.has(it));
    return readRunbook(library, named, {
      parameters: { ...parameters, ...Object.fromEntries(frame) },
      source: image.kind === 'image' ? image : { vmid: image.vmid, node: image.node },
    });
  };
  const standIn =
    source.vmid === undefined
      ? { kind: 'image' as const, ...standInImage, vouchedBy: 'runbook' as const, format: 'raw' as const }
      : {
          kind: 'machine' as const,
          vmid: sourceVmid(source.vmid, parameters),
          node: nodes[0] ?? '',
          digest: '',
        };
  const { runbook: rendered, files } = fill({ node: nodes[0] ?? '', ...standIns, source: standIn });
  const values = Object.fromEntries(rendered.parameters.map(({ name, value }) => [name, value]));
  return { recipe: recipeOf({ imageType, source: filledSource(source, values), rendered }), files, fill };
}

function refused(runbook: string, failed: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `make a template by the runbook ${runbook}`,
      failed,
      remedy:
        'docs/runbooks.md says what a runbook for a template has; pxm runbook list shows those there are.',
    }),
  );
}
