import type { GuestIdentity } from '../../../domain/template/step';
import type { MarkedGuest } from '../../../planning/template/facts';

/** Whether a guest is the one that is meant: VMID, name and marker. */
export function isTheOne(guest: MarkedGuest, identity: GuestIdentity): boolean {
  const { marker } = guest;
  return (
    guest.vmid === identity.vmid &&
    guest.name === identity.name &&
    marker?.kind === identity.kind &&
    marker.name === identity.template &&
    (identity.run === undefined || marker.run === identity.run) &&
    marker.generation === identity.generation &&
    (identity.run !== undefined || identity.generation !== undefined)
  );
}
