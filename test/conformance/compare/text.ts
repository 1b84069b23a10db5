import type { LearnedIds } from './learned';

/** A kind of id inside a text that differs from run to run, and what must agree nevertheless. */
interface IdKind {
  readonly name: string;
  readonly pattern: RegExp;
  /** The part of the id that is fixed, e.g. a UPID's node, type, guest and user. */
  readonly fixedPart: (id: string) => string;
  /** Whether an id, once paired, must always be paired alike. */
  readonly paired: boolean;
  readonly reason: string;
}

const none = (): string => '';

/** UPID:node:pid:pstart:starttime:type:id:user: with the three numbers taken out. */
function upidWithoutNumbers(upid: string): string {
  const [, node = '', , , , type = '', id = '', user = ''] = upid.split(':');
  return [node, type, id, user].join(':');
}

const idKinds: readonly IdKind[] = [
  {
    name: 'UPID',
    pattern: /UPID:[\w.-]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:\w+:[^:\s]*:[^:\s]+:/,
    fixedPart: upidWithoutNumbers,
    paired: true,
    reason: 'process id, its start and the time are of the run; node, type, guest and user are not',
  },
  {
    name: 'MAC address',
    pattern: /\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b(?!:)/,
    fixedPart: (mac) => (mac === mac.toUpperCase() ? 'upper' : 'lower'),
    paired: false,
    reason: 'made at random when a network device is made',
  },
  {
    name: 'UUID',
    pattern: /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/,
    fixedPart: none,
    paired: false,
    reason: 'made at random: smbios1, vmgenid, token secrets',
  },
  {
    name: 'creation time',
    pattern: /\bctime=\d{10}\b/,
    fixedPart: none,
    paired: false,
    reason: 'meta: seconds since 1970 at which a guest was made',
  },
  {
    name: 'temporary file',
    pattern: /\.tmp(?:_dwnl)?\.\d+\b/,
    fixedPart: none,
    paired: false,
    reason: 'ends in the process id of the writer',
  },
  {
    name: 'uploaded file',
    pattern: /\/pveupload-[0-9a-f]{32}\b/,
    fixedPart: none,
    paired: false,
    reason: 'the server gives what it receives a random name',
  },
];

interface SplitText {
  readonly skeleton: string;
  readonly ids: readonly { kind: IdKind; id: string }[];
}

const anyId = new RegExp(idKinds.map((kind) => `(${kind.pattern.source})`).join('|'), 'g');

/** A text with its ids replaced by the names of their kinds, and the ids in order. */
function split(text: string): SplitText {
  const ids: { kind: IdKind; id: string }[] = [];
  const skeleton = text.replace(anyId, (id: string, ...groups: unknown[]) => {
    const kind = idKinds[groups.findIndex((group) => group !== undefined)];
    if (kind === undefined) return id;
    ids.push({ kind, id });
    return `<${kind.name} ${kind.fixedPart(id)}>`;
  });
  return { skeleton, ids };
}

/** Lists inside texts that Proxmox builds from a Perl hash: their order is random (observed.md, observed-9.md). */
const hashOrdered = /((?:local devices|mapped devices):? )([a-z]+\d*(?:, [a-z]+\d*)+)/g;

function withSortedLists(text: string): string {
  return text.replace(
    hashOrdered,
    (_all, before: string, list: string) => before + list.split(', ').sort().join(', '),
  );
}

/**
 * Whether two texts say the same, ids aside; ids must be of the same kind, agree in their fixed parts, and be paired
 * as before. Where the texts agree the ids are learned.
 */
export function sameText(recorded: string, actual: string, learned: LearnedIds): boolean {
  const a = split(withSortedLists(recorded));
  const b = split(withSortedLists(actual));
  if (a.skeleton !== b.skeleton || a.ids.length !== b.ids.length) return false;
  const pairs = a.ids.map(({ kind, id }, at) => ({ kind, recorded: id, actual: b.ids[at]?.id ?? '' }));
  if (pairs.some((pair) => pair.kind.paired && !learned.agrees(pair.recorded, pair.actual))) return false;
  for (const pair of pairs) {
    if (pair.kind.name === 'UPID' || pair.kind.name === 'UUID' || pair.kind.name === 'MAC address') {
      learned.learn(pair.recorded, pair.actual);
    }
  }
  return true;
}
