import { dirname } from 'node:path';
import type { ClusterConfig } from '../../config/clusterConfig';
import { ManagerError, problem } from '../../domain/errors';
import type { TemplateRequest } from '../../domain/templatePlan';
import { frameParameters, recipeOf } from '../../planning/template/readRecipe';
import type { TemplateRecipe } from '../../planning/template/recipe';
import { calleesIn, findRunbook, listRunbooks, ownFolder, readRunbookFile } from '../../runbooks/catalogue';
import { checkRunbook } from '../../runbooks/check/check';
import { renderRunbook } from '../../runbooks/render/render';
import { openShellParser } from '../../runbooks/shell/tree';

/** What stands for the values that are known only later: always the same, so that the same wish has the same hash. */
const standIns = { vmid: '999999999', name: 'pxm-build' } as const;
const standInSource = {
  url: 'https://example.com/image',
  algorithm: 'sha256',
  digest: '0'.repeat(64),
} as const;

/**
 * Reads the runbook of a template. Throws NotFound where there is none, InputInvalid where it makes no template, has
 * errors, or a parameter is missing, wrong, or one that is given by the frame.
 */
export async function readRecipe(config: ClusterConfig, request: TemplateRequest): Promise<TemplateRecipe> {
  const folder = ownFolder(dirname(config.file));
  const { file } = findRunbook(folder, request.runbook);
  const parser = await openShellParser();
  const checked = checkRunbook(file, readRunbookFile(file), parser, calleesIn(listRunbooks(folder)));
  const nodes = config.cluster.nodes.map(({ name }) => name);
  const given = request.parameters ?? {};
  const ours = frameParameters.find((name) => name in given);
  if (ours !== undefined) throw refused(request, `the parameter ${ours} is given by pxm template itself`);
  const declared = new Set((checked.runbook?.parameters ?? []).map(({ name }) => name));
  const frame = Object.entries({ node: nodes[0] ?? '', ...standIns }).filter(([name]) => declared.has(name));
  const rendered = renderRunbook(
    checked,
    { parameters: { ...given, ...Object.fromEntries(frame) }, source: standInSource },
    { cluster: config.cluster.name, nodes, conventions: config.conventions },
    parser,
  );
  const { image_type: imageType = 'none', source } = checked.runbook?.frontMatter ?? {};
  if (imageType === 'none' || source === undefined) {
    throw refused(request, 'it makes no template: it has no image_type, or no source');
  }
  return recipeOf({ imageType, source, rendered });
}

function refused({ runbook }: TemplateRequest, failed: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `make a template by the runbook ${runbook}`,
      failed,
      remedy:
        'docs/runbooks.md says what a runbook for a template has; pxm runbook list shows those there are.',
    }),
  );
}
