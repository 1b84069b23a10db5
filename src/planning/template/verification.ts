import type {
  FaultyVolume,
  MarkedCopy,
  StrangeTemplate,
  TemplateReading,
  TemplateVersionReading,
} from '../../domain/templateReading';

/** What is not right with a template, and what to do about it. */
export interface TemplateFault {
  /** `warning`: nothing is broken, but it may surprise. */
  readonly status: 'failed' | 'warning';
  /** e.g. `VM 104 on pve02`; the template's name for the whole. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** Everything that is not right with a template, by what its copies and their storages show. Pure. */
export function faultsOf(
  template: TemplateReading,
  strangers: readonly StrangeTemplate[],
): readonly TemplateFault[] {
  const { versions, unfinished } = template;
  return [
    ...(versions.length === 0 ? [noneInForce(template)] : []),
    ...versions.flatMap((version) => [
      ...contradictions(template, version),
      ...version.copies.flatMap((copy) => copyFaults(template, copy)),
    ]),
    ...unfinished.map(unfinishedFault),
    ...strangers.map((stranger) => strangerFault(template, stranger)),
  ];
}

function noneInForce({ name, unfinished }: TemplateReading): TemplateFault {
  const runbook = unfinished[0]?.marker.runbook ?? name;
  return {
    ...{ status: 'failed', where: name },
    what: 'no version is in force: none has passed its boot test',
    remedy: `Make one: ${createCommand(runbook, name)}`,
  };
}

function copyFaults({ name }: TemplateReading, copy: MarkedCopy): readonly TemplateFault[] {
  const { faultyVolumes = [], marker } = copy;
  const misnamed: TemplateFault[] =
    copy.name === name
      ? []
      : [
          {
            ...{ status: 'warning', where: placeOf(copy), what: `it is called ${copy.name}, not ${name}` },
            remedy: `Clones by name do not find it. Rename it: qm set ${copy.vmid} --name ${name} (on ${copy.node})`,
          },
        ];
  const broken = faultyVolumes.map((it): TemplateFault => ({
    ...{ status: it.fault === 'unreadable' ? 'warning' : 'failed', where: placeOf(copy) },
    ...volumeWords(it, createCommand(marker.runbook, name)),
  }));
  return [...misnamed, ...broken];
}

function volumeWords(
  { volume, fault }: FaultyVolume,
  create: string,
): Pick<TemplateFault, 'what' | 'remedy'> {
  switch (fault) {
    case 'missing':
      return {
        what: `its disk ${volume} does not exist: clones of it fail`,
        remedy: `Make a new version: ${create} --rebuild`,
      };
    case 'notBase':
      return {
        what: `its disk ${volume} is no base volume: its conversion to a template was not finished`,
        remedy: `Make a new version: ${create} --rebuild`,
      };
    case 'unreadable':
      return {
        what: `its disk ${volume} could not be looked at: the storage is not usable on this node now`,
        remedy: 'pxm storage shows its state; look again once it is available.',
      };
  }
}

/** Copies of one version are of one image, one runbook, the same settings; one on each node. */
function contradictions(
  { name }: TemplateReading,
  { generation, copies }: TemplateVersionReading,
): readonly TemplateFault[] {
  const facts = [
    ['images', 'digest'],
    ['runbooks', 'runbookHash'],
    ['settings', 'settings'],
  ] as const;
  const runbook = copies[0]?.marker.runbook ?? name;
  const different = facts
    .filter(([, field]) => new Set(copies.map(({ marker }) => marker[field])).size > 1)
    .map(([words]) => words);
  const differing: TemplateFault[] =
    different.length === 0
      ? []
      : [
          {
            ...{ status: 'failed', where: `version ${generation}` },
            what: `its copies are of different ${different.join(', ')}: ${copies.map(placeOf).join(', ')}`,
            remedy: `Make a new version: ${createCommand(runbook, name)} --rebuild`,
          },
        ];
  const doubled = copies.filter((copy, index) => copies.findIndex(({ node }) => node === copy.node) < index);
  return [
    ...differing,
    ...doubled.map((copy): TemplateFault => ({
      ...{ status: 'warning', where: placeOf(copy) },
      what: `version ${generation} is on ${copy.node} twice`,
      remedy: `Delete one of both once nothing depends on it: qm destroy ${copy.vmid} (on ${copy.node})`,
    })),
  ];
}

function unfinishedFault(copy: MarkedCopy): TemplateFault {
  const { marker, isTemplate, vmid, node } = copy;
  const where = placeOf(copy);
  if (marker.kind === 'template' && marker.generation !== undefined && !isTemplate) {
    return {
      ...{ status: 'failed', where },
      what: `it is version ${marker.generation} by its marker, but Proxmox does not count it as a template`,
      remedy: `If nobody has changed its disks: qm template ${vmid} (on ${node}); else delete it, then ${createCommand(marker.runbook, marker.name)}`,
    };
  }
  return {
    ...{ status: 'warning', where },
    what: `it was begun by ${marker.operation} and is not in force`,
    remedy: `pxm watch ${marker.operation} shows whether that goes on; if it has ended: qm destroy ${vmid} (on ${node})`,
  };
}

function strangerFault({ name }: TemplateReading, stranger: StrangeTemplate): TemplateFault {
  const { vmid, node, marker } = stranger;
  const where = placeOf(stranger);
  switch (marker) {
    case 'changed':
      return {
        ...{ status: 'failed', where },
        what: 'somebody has changed the marker in its description, so that it is not counted as ours any more',
        remedy:
          'Put the lines back as they were (docs/templates.md, "Whose it is"), or remove the whole block.',
      };
    case 'copied':
      return {
        ...{ status: 'warning', where },
        what: `it is called ${name} too, with the marker of another guest: somebody cloned that`,
        remedy: `Rename it, so that clones by name do not take it: qm set ${vmid} --name ... (on ${node})`,
      };
    case 'none':
      return {
        ...{ status: 'warning', where },
        what: `it is called ${name} too, and was not made by proxmox-manager`,
        remedy: `Rename it, so that clones by name do not take it: qm set ${vmid} --name ... (on ${node})`,
      };
  }
}

function placeOf({ vmid, node }: { readonly vmid: number; readonly node: string }): string {
  return `VM ${vmid} on ${node}`;
}

function createCommand(runbook: string, name: string): string {
  return runbook === name
    ? `pxm template create ${runbook}`
    : `pxm template create ${runbook} --name ${name}`;
}
