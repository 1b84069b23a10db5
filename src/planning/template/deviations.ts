import type { Deviation } from '../../domain/templatePlan';
import { readProperties } from './drives';

type Parameters = Readonly<Record<string, string>>;

/** Keys that are compared as they are. */
const scalars = ['machine', 'bios', 'cpu', 'scsihw', 'ciuser'] as const;

/** Options of drives and cards that the conventions are about. */
const options = [
  ['efidisk0', 'pre-enrolled-keys'],
  ['scsi0', 'iothread'],
  ['scsi0', 'discard'],
  ['scsi0', 'ssd'],
  ['net0', 'bridge'],
] as const;

/** Drives whose storage the conventions name. */
const drives = ['scsi0', 'scsi1', 'efidisk0'] as const;

/**
 * Where the virtual machine that a runbook makes differs from what the conventions want: `made` are the parameters
 * of its `POST /nodes/{node}/qemu` (and of later changes of the configuration, the last one counts).
 */
export function deviationsOf(made: Parameters, desired: Parameters, runbook: string): readonly Deviation[] {
  const because = `the runbook ${runbook} says so`;
  const differing = (key: string, wanted: string | undefined, used: string | undefined): Deviation[] =>
    wanted === undefined || wanted === used
      ? []
      : [{ key, convention: wanted, used: used ?? 'none', because }];
  return [
    ...scalars.flatMap((key) => differing(key, desired[key], made[key])),
    ...drives.flatMap((key) =>
      desired[key] === undefined
        ? []
        : differing(`${key}.storage`, storageOf(desired[key]), storageOf(made[key])),
    ),
    ...options.flatMap(([key, option]) =>
      differing(`${key}.${option}`, optionOf(desired[key], option), optionOf(made[key], option)),
    ),
    ...differing('agent', agentOf(desired), agentOf(made)),
    ...differing('sshkeys', given(desired, 'sshkeys'), given(made, 'sshkeys')),
    ...differing('vendor snippet', given(desired, 'cicustom'), given(made, 'cicustom')),
    ...missingTags(made, desired).map((tag) => ({ key: 'tags', convention: tag, used: 'none', because })),
  ];
}

/** Which tags are missing; more of them are no deviation. Compared as sets (behaviour: 5.6). */
function missingTags(made: Parameters, desired: Parameters): string[] {
  const has = new Set(tagsIn(made));
  return tagsIn(desired).filter((tag) => !has.has(tag));
}

function tagsIn({ tags = '' }: Parameters): string[] {
  return tags
    .toLowerCase()
    .split(/[;,\s]+/)
    .filter((tag) => tag !== '');
}

function storageOf(drive: string | undefined): string | undefined {
  if (drive === undefined) return undefined;
  const { first, options: all } = readProperties(drive);
  return (all.get('file') ?? first).split(':')[0];
}

function optionOf(text: string | undefined, option: string): string | undefined {
  return text === undefined ? undefined : readProperties(text).options.get(option);
}

function agentOf({ agent }: Parameters): string {
  if (agent === undefined) return 'off';
  const { first, options: all } = readProperties(agent);
  return (all.get('enabled') ?? first) === '1' ? 'on' : 'off';
}

function given(parameters: Parameters, key: string): string | undefined {
  return parameters[key] === undefined ? undefined : 'given';
}
