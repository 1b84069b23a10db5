import { ManagerError, problem } from '../../domain/errors';
import { templateWorkflowId, workflowTypes } from '../../domain/names';
import type { TemplateRequest } from '../../domain/templatePlan';
import { orApproveThat } from '../operations/approvedInAdvance';
import { startOnce } from '../operations/startOnce';
import type { Session } from '../session';

/** What a template may be called: a name that DNS could have, as Proxmox wants it. */
const templateName = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;

/** The name of the template that a request is about. */
export function nameOf({ name, runbook }: TemplateRequest): string {
  return name ?? runbook;
}

/**
 * Starts the operation on a template and returns its ID. Refused (LeaseRefused) while another one of this name is under
 * way; `approve`: the hash that was given in advance. Throws InputInvalid for a name that a template can't have.
 */
export async function startTemplate(
  session: Session,
  request: TemplateRequest,
  approve?: string,
): Promise<string> {
  const name = nameOf(request);
  requireTemplateName(name);
  const cluster = session.config().cluster.name;
  const workflowId = templateWorkflowId(cluster, name);
  const what = request.onlyRetire === true ? `retire old versions of ${name}` : `make the template ${name}`;
  const starting = startOnce(await session.client(), {
    ...{ type: workflowTypes.createTemplate, workflowId, cluster, request, attempted: what },
    summary: `${what}, asked by ${request.requestedBy ?? 'somebody'}`,
  });
  await orApproveThat(starting, workflowId, approve);
  return workflowId;
}

function requireTemplateName(name: string): void {
  if (templateName.test(name)) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `make the template ${name}`,
      failed:
        'a template has small letters, digits, dots and hyphens in its name, at most 63; nothing was started',
      remedy: 'Give it another name with --name.',
    }),
  );
}
