import type { CheckName, Finding } from '../../domain/checkup';
import { ManagerError } from '../../domain/errors';
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

/** A worker of another version does not know the question, or answers it in another way. */
function unseen(error: unknown): Finding[] {
  const code = error instanceof ManagerError ? error.code : 'Internal';
  const isStranger = code === 'InputInvalid' || code === 'AnswerUnreadable';
  const check: CheckName = isStranger ? 'workerVersion' : 'credentials';
  const mask = {
    check,
    fault: isStranger ? 'the worker has another version' : 'nobody can look at the cluster',
  };
  return [
    ofError(check, 'cluster', error),
    ...clusterChecks.filter((it) => it !== check).map((it) => notChecked(it, 'cluster', mask)),
  ];
}
