import type { CheckName, Finding } from '../../domain/checkup';
import { ManagerError, type ErrorCode } from '../../domain/errors';
import { openReader, type Reader } from '../reading/reader';
import type { Session } from '../session';
import { clusterChecks, type ClusterFindings } from './examine';
import { notChecked, ofError } from './finding';

/** A checkup of the cluster by this process where it holds the token, else by a worker. Throws Interrupted on Ctrl-C. */
export async function lookAtCluster(session: Session): Promise<ClusterFindings> {
  let reader: Reader | undefined;
  try {
    reader = await openReader(session);
    const { findings } = await reader.read({ view: 'checkup', question: {} });
    return { via: reader.via, findings };
  } catch (error) {
    if (session.interrupted.aborted) throw error;
    return { via: 'nobody', findings: unseen(error) };
  } finally {
    await reader?.close();
  }
}

/** Which check names what keeps everybody from looking. */
const namedBy: Partial<Readonly<Record<ErrorCode, CheckName>>> = {
  // A file that the configuration names can't be used.
  ConfigInvalid: 'config',
  // A worker of another version does not know the question, or answers it in another way.
  InputInvalid: 'workerVersion',
  AnswerUnreadable: 'workerVersion',
};

function unseen(error: unknown): Finding[] {
  const code = error instanceof ManagerError ? error.code : 'Internal';
  const check = namedBy[code] ?? 'credentials';
  const mask = { check, fault: 'nobody can look at the cluster' };
  return [
    ofError(check, 'cluster', error),
    ...clusterChecks.filter((it) => it !== check).map((it) => notChecked(it, 'cluster', mask)),
  ];
}
