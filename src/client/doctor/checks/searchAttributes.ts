import type { Finding } from '../../../domain/checkup';
import { lookAtSearchAttributes, registrationCommands } from '../../../temporal/searchAttributes';
import type { Server } from '../server';
import { failed, listed, ofError, ok } from '../finding';

/** Whether the namespace has our search attributes: a worker refuses to run without them. */
export async function checkSearchAttributes({ connection, namespace }: Server): Promise<Finding> {
  try {
    const { missing, wrong } = await lookAtSearchAttributes(connection, namespace);
    if (wrong.length > 0) {
      const removals = wrong.map(
        (name) => `temporal operator search-attribute remove --namespace ${namespace} --name ${name}`,
      );
      return failed(
        'searchAttributes',
        namespace,
        `search attributes have another type than ours: ${listed(wrong)}`,
        `If nothing else uses them:\n${[...removals, ...registrationCommands(namespace, wrong)].join('\n')}`,
      );
    }
    if (missing.length === 0)
      return ok('searchAttributes', namespace, 'all search attributes are registered');
    return failed(
      'searchAttributes',
      namespace,
      `search attributes are missing: ${listed(missing)}`,
      `pxm doctor --fix registers them, and so does a worker when it starts; by hand:\n${registrationCommands(namespace, missing).join('\n')}`,
      { fix: { kind: 'registerSearchAttributes' } },
    );
  } catch (error) {
    return ofError('searchAttributes', namespace, error);
  }
}
