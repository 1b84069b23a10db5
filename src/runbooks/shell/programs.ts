import type { SimpleCommand, Word } from './script';

/** Programs that run another one; with how many arguments of their own before it. */
const wrappers: Readonly<Record<string, number>> = {
  command: 0,
  env: 0,
  exec: 0,
  ionice: 0,
  nice: 0,
  nohup: 0,
  setsid: 0,
  stdbuf: 0,
  sudo: 0,
  time: 0,
  timeout: 1,
};

/** A program with its arguments, without `sudo`, `timeout 5` and the like before it. */
export interface Invocation {
  /** Absent where it is known only when it runs. Without the folder. */
  readonly name?: string;
  readonly arguments: readonly Word[];
}

/** What a command really runs. */
export function invocationOf({ words }: Pick<SimpleCommand, 'words'>): Invocation {
  const [first, ...rest] = words;
  const name = first?.literal?.replace(/^.*\/(?=.)/, '');
  if (name === undefined) return { arguments: rest };
  const own = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  if (own === undefined || rest.length === 0) return { name, arguments: rest };
  return invocationOf({ words: withoutOptions(rest).slice(own) });
}

function withoutOptions(words: readonly Word[]): readonly Word[] {
  const start = words.findIndex(({ literal }) => literal !== undefined && !/^-|^[A-Za-z_]\w*=/.test(literal));
  return start < 0 ? [] : words.slice(start);
}

const builtIn =
  '. : [ [[ alias bg break cd command continue declare dirs echo eval exec exit export false fg getopts hash jobs kill let local mapfile popd printf pushd pwd read readarray readonly return set shift shopt source test time times trap true type typeset ulimit umask unset wait';
const everywhere =
  'awk base64 basename bash bunzip2 bzip2 cat chgrp chmod chown cksum cmp comm cp curl cut date dd df diff dirname du env expr fallocate file find fold getent grep gunzip gzip head hostname id install ip join ln ls lsblk mkdir mkfifo mktemp mount mountpoint mv nice nl nohup nproc od paste pgrep ping pkill ps readlink realpath rm rmdir sed seq sh sha1sum sha256sum sha512sum shred shuf sleep sort split ssh stat stdbuf sync tac tail tar tee timeout touch tr truncate tty umount uname uniq unlink unxz uptime wc wget which whoami xargs xz yes zcat zstd';
const onNodes =
  'apt apt-get blockdev corosync-cfgtool dpkg dpkg-query fdisk fsfreeze ha-manager journalctl losetup lvchange lvcreate lvextend lvremove lvresize lvs mkfs mkfs.ext4 mkfs.xfs parted partprobe pct pveam pveceph pvecm pvenode pveperf pvesh pvesm pvesr pveum pveversion pvremove pvs qemu-img qm qmrestore sfdisk sgdisk smartctl systemctl vgremove vgs vzdump wipefs zfs zpool';

const builtInPrograms = new Set(builtIn.split(' '));
const commonPrograms = new Set(everywhere.split(' '));
const nodePrograms = new Set(onNodes.split(' '));

/** Whether a program is part of every shell or base system, or of every Proxmox node. */
export function isAlwaysThere(name: string, onNode: boolean): boolean {
  return builtInPrograms.has(name) || commonPrograms.has(name) || (onNode && nodePrograms.has(name));
}

/** Whether a program comes with the shell: it can't be started without one. */
export function isShellBuiltin(name: string): boolean {
  return (
    builtInPrograms.has(name) &&
    !['[', 'echo', 'false', 'kill', 'printf', 'pwd', 'test', 'true'].includes(name)
  );
}

/** Programs that only look, and the words after which others only look. */
const readers = new Set(
  'basename cat cmp comm cut df diff dirname du echo expr false fold getent grep head id join ls lsblk lvs nl nproc od paste pgrep ping printf ps pveperf pveversion pvs readlink realpath sed seq sha1sum sha256sum sha512sum sleep stat tac tail test tr true uname uptime vgs wc which whoami [ [['.split(
    ' ',
  ),
);
const readingWords: Readonly<Record<string, readonly string[]>> = {
  'ha-manager': ['status', 'config'],
  pct: ['list', 'status', 'config', 'pending', 'listsnapshot', 'df'],
  pvecm: ['status', 'nodes'],
  pvesh: ['get', 'ls', 'usage'],
  pvesm: ['status', 'list', 'path', 'apiinfo'],
  pveum: [],
  qm: ['list', 'status', 'config', 'pending', 'listsnapshot', 'showcmd'],
  systemctl: ['status', 'is-active', 'is-enabled', 'is-failed', 'is-system-running', 'show', 'list-units'],
  zfs: ['list', 'get'],
  zpool: ['list', 'status', 'get'],
};

/** Whether a program surely changes nothing. */
export function onlyReads({ name, arguments: words }: Invocation): boolean {
  if (name === undefined) return false;
  if (Object.hasOwn(readingWords, name))
    return readingWords[name]?.includes(words[0]?.literal ?? '') === true;
  if (name === 'sed') return words.every(({ literal }) => literal !== undefined && !writesFile.test(literal));
  if (name === 'sort') return words.every(({ literal }) => literal !== undefined && !sortsInto.test(literal));
  if (name === 'date') return words.every(({ literal }) => literal !== undefined && showsDate.test(literal));
  return readers.has(name) || (readersWithoutWords.has(name) && words.length === 0);
}

/** Options of sed that write, also among others: `-i`, `-Ei.bak`, `--in-place=.bak`. */
const writesFile = /^(?:-[A-Za-z]*i|--in-place)/;

/** Options of sort that write: `-o file`, `-uo file`, `--output=file`. */
const sortsInto = /^(?:-[A-Za-z]*o|--output)/;

/** Words of date that only say how it is shown. */
const showsDate = /^(?:\+|-u$|--utc$)/;

/** Those that look, but set or write something where they are told what. */
const readersWithoutWords = new Set(['hostname', 'uniq']);

/** Whether a program whose first word says what it does, as those of Proxmox, is not known to look only. */
export function mayChange({ name, arguments: words }: Invocation): boolean {
  if (name === undefined || !Object.hasOwn(readingWords, name)) return false;
  const word = words.find(({ literal }) => literal?.startsWith('-') !== true)?.literal;
  return word !== undefined && readingWords[name]?.includes(word) === false;
}
