import type { Finding } from '../../../domain/checkup';
import type { HaStatus } from '../../../proxmox/api/haStatus';
import type { CheckupFacts } from '../facts/facts';
import { failed, notChecked, ok, unknown, warning } from '../finding';

/** Whether HA does its work, and which services need a person. */
export function checkHa({ ha, status }: CheckupFacts): Finding[] {
  if (!ha.known) return [unknown('ha', 'cluster', ha)];
  const { master, services } = ha.value;
  if (services.length === 0) return [ok('ha', 'cluster', 'HA manages no guest')];
  if (status.known && !status.value.quorate)
    return [notChecked('ha', 'cluster', { check: 'quorum', fault: 'HA can do nothing without quorum' })];
  const faults = [...troubled(ha.value), ...maintenance(ha.value), ...disarmed(ha.value)];
  const fine = `HA manages ${services.length} guests${master === undefined ? '' : `, its master is ${master}`}`;
  return faults.length > 0 ? faults : [ok('ha', 'cluster', fine)];
}

function troubled({ services }: HaStatus): Finding[] {
  return services.flatMap(({ sid, node = 'no node', state }) => {
    if (state === 'error') {
      return failed(
        'ha',
        sid,
        `HA has given it up on ${node}: state error`,
        `Mend its cause (task log of the guest), then on a node: ha-manager set ${sid} --state disabled && ha-manager set ${sid} --state started`,
      );
    }
    if (state !== 'fence' && state !== 'recovery') return [];
    return failed(
      'ha',
      sid,
      `HA is getting it back from ${node}: state ${state}`,
      'Wait until it is started again, and look what has become of the node: ha-manager status',
    );
  });
}

function maintenance({ maintenanceNodes }: HaStatus): Finding[] {
  return maintenanceNodes.map((node) =>
    warning(
      'ha',
      node,
      'it is in maintenance mode: HA moves its guests away and starts none there',
      `When the work is done, on a node: ha-manager crm-command node-maintenance disable ${node}`,
    ),
  );
}

function disarmed({ armedState }: HaStatus): Finding[] {
  if (armedState === undefined || armedState === 'armed' || armedState === 'standby') return [];
  return [
    warning(
      'ha',
      'cluster',
      `HA is ${armedState}: it neither starts, moves nor recovers guests`,
      'When the work is done, on a node: ha-manager crm-command arm-ha',
    ),
  ];
}
