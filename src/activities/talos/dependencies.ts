import type { SecretReader } from '../../credentials/secrets';
import type { MemberPower } from '../cluster/steps/power';
import type { TalosMachine } from '../../domain/talos/machine';
import type { ActivityAttempt } from '../shared/attempt';
import type { MemberIdentity } from './contract';

/** What the activities of Talos, Flux and Kubernetes act with. */
export interface TalosDependencies {
  /** Our name of the Proxmox cluster. */
  readonly cluster: string;
  /** Folder of the folders of all clusters' secrets. */
  readonly folder: string;
  readonly secrets: Pick<SecretReader, 'readWhole'>;
  /** Whether a member runs, as Proxmox tells. */
  readonly powerOf: (attempt: Pick<ActivityAttempt, 'signal'>, who: MemberIdentity) => Promise<MemberPower>;
  /** The addresses that a machine has now, as its guest agent tells Proxmox; none where nothing tells. */
  readonly addressesOf: (
    attempt: Pick<ActivityAttempt, 'signal'>,
    guest: NonNullable<TalosMachine['guest']>,
  ) => Promise<readonly string[]>;
  /** Between two looks at what is waited for. */
  readonly everyMs: number;
}
