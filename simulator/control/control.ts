import type { z } from 'zod';
import type { BootOrder } from '../cluster/boot';
import { endProcess, startProcess } from '../cluster/guest-processes';
import type { GuestBehaviour, GuestState } from '../cluster/guests';
import type { NodeState } from '../cluster/nodes';
import { bootNode, crashNode, cutLink, restoreLink } from '../cluster/power';
import type { ClusterState } from '../cluster/state';
import { storageSpace } from '../cluster/storages';
import { fingerprintOf, type CertificateWish } from '../http/certificates';
import type { NodeServer } from '../http/node-server';
import type { NodeFiles } from '../ssh/files/node-files';
import { makeSshKey } from '../ssh/host-keys';
import type { SshServer } from '../ssh/server';
import type { NodeServers } from '../start-nodes';
import type { CommandFault, CommandGate, CommandHold, CommandMatcher, CommandRecord } from './commands';
import { addGuest } from '../scenario/build-guests';
import { guestSchema } from '../scenario/guest-schema';
import { urlFactsOf, urlSchema } from '../scenario/web-schema';
import type { Task } from '../tasks/task';
import type { Hold, RequestFault, RequestGate } from './gate';
import type { RequestMatcher } from './matcher';
import type { Moment } from './orders';
import type { RequestRecord } from './requests';
import { truthAbout, type GuestTruth } from './truth';

/** A service of a node. */
export type Service = 'pveproxy' | 'pvedaemon' | 'sshd' | 'corosync';

/** Which running task is meant: all given must fit. */
export interface TaskSelector {
  readonly upid?: string;
  readonly type?: string;
  readonly id?: string;
  readonly node?: string;
}

/** Out-of-band changes of a guest, as if made on the node. */
export interface GuestChange {
  /** Keys to set; null deletes one. */
  readonly config?: Readonly<Record<string, string | null>>;
  readonly behaviour?: Partial<GuestBehaviour>;
  readonly status?: 'running' | 'stopped';
}

/** The speed at which `advance` lets time pass. */
const fastSpeed = 500;

/** How long `waitFor` waits by default, and how often it looks (real milliseconds). */
const defaultWaitMs = 120_000;
const lookEveryMs = 5;

/** Faults, out-of-band events, and the truth: what a test does to the cluster and asks of it. */
export class SimulatorControl {
  constructor(
    /** The whole state; tests may read and change anything in it. */
    readonly cluster: ClusterState,
    private readonly gates: { readonly requests: RequestGate; readonly commands: CommandGate },
    private readonly servers: NodeServers,
  ) {}

  /** Changes the clock's speed, in simulated seconds per real second. */
  setSpeed(speed: number): void {
    this.cluster.clock.setSpeed(speed);
  }

  /** Lets simulated seconds pass quickly; everything due in them happens on the way. */
  async advance(seconds: number): Promise<void> {
    const { clock } = this.cluster;
    const before = clock.speed;
    const until = clock.now() + seconds;
    clock.setSpeed(Math.max(before, fastSpeed));
    await clock.sleep(until - clock.now());
    clock.setSpeed(before);
  }

  /** SIGKILL to the worker of every running task that fits; returns their UPIDs. */
  killWorker(selector: TaskSelector): string[] {
    const tasks = this.runningTasks(selector);
    for (const task of tasks) this.cluster.tasks.kill(task);
    return tasks.map(({ upid }) => upid);
  }

  /** Power failure: workers and guest processes are gone, connections are refused. */
  async crashNode(name: string): Promise<void> {
    crashNode(this.cluster, this.node(name));
    await Promise.all([this.apiServer(name).close(), this.sshServer(name).close()]);
  }

  async bootNode(name: string): Promise<void> {
    bootNode(this.cluster, this.node(name));
    await this.listenAsItShould(name);
  }

  /** Cuts the node off from the other nodes; `alsoFromClients`: these connect and get no answer. */
  async cutLink(name: string, { alsoFromClients = false } = {}): Promise<void> {
    cutLink(this.cluster, this.node(name));
    if (!alsoFromClients) return;
    await Promise.all([this.apiServer(name).listenSilently(), this.sshServer(name).listenSilently()]);
  }

  async restoreLink(name: string): Promise<void> {
    restoreLink(this.cluster, this.node(name));
    await this.listenAsItShould(name);
  }

  /** Stops a service: without pveproxy or sshd connections are refused, without pvedaemon protected calls get 595. */
  async stopService(name: string, service: Service): Promise<void> {
    this.node(name)[service] = 'stopped';
    if (service === 'pveproxy') await this.apiServer(name).close();
    if (service === 'sshd') await this.sshServer(name).close();
  }

  async startService(name: string, service: Service): Promise<void> {
    this.node(name)[service] = 'running';
    if (service === 'corosync') this.node(name).corosyncSince = this.cluster.clock.now();
    await this.listenAsItShould(name);
  }

  /** The node gets another certificate, and presents it from the next connection on. Returns its fingerprint, `AA:BB:...`. */
  async changeCertificate(name: string, wish: CertificateWish = {}): Promise<string> {
    const certificate = await this.servers.certificates.issue(name, wish);
    const node = this.node(name);
    node.certificatePem = certificate.certificatePem;
    node.fingerprintSha256 = fingerprintOf(certificate.certificatePem);
    this.apiServer(name).present(certificate);
    return node.fingerprintSha256;
  }

  /** The node gets another SSH host key, as after a new installation. Returns its fingerprint, `SHA256:...`. */
  changeHostKey(name: string): string {
    const key = makeSshKey(`root@${name}`);
    this.sshServer(name).changeHostKey(key);
    return key.fingerprintSha256;
  }

  /** Whether the node's sshd has the SFTP subsystem. */
  setSftp(name: string, enabled: boolean): void {
    this.sshServer(name).sftpEnabled = enabled;
  }

  /** Puts a node's clock ahead by so many seconds. */
  setClockOffset(name: string, seconds: number): void {
    this.node(name).clockOffsetSeconds = seconds;
  }

  /** The node's files, as root sees them. */
  files(name: string): NodeFiles {
    const files = this.servers.files.get(name);
    if (files === undefined) throw new Error(`no node ${name}`);
    return files;
  }

  /** Takes quorum from every node, whatever the links say. */
  loseQuorum(): void {
    this.cluster.quorumTakenAway = true;
  }

  restoreQuorum(): void {
    this.cluster.quorumTakenAway = false;
  }

  /** Leaves only `availableBytes` free on the storage, as the node sees it. */
  fillStorage(storageId: string, node: string, availableBytes = 0): void {
    const storage = this.cluster.storages.get(storageId);
    if (storage === undefined) throw new Error(`no storage ${storageId}`);
    const space = storageSpace(storage, node);
    const usedByVolumes = this.cluster.volumes.usedBytes(storage, node) - space.otherUsedBytes;
    space.otherUsedBytes = Math.max(space.totalBytes - usedByVolumes - availableBytes, 0);
  }

  /** Orders a fault for requests that fit; returns how to withdraw it. */
  faultRequest(matcher: RequestMatcher, fault: RequestFault): () => void {
    return this.gates.requests.fault(matcher, fault);
  }

  /** Holds the next request that fits, before it is handled or before its answer is sent. */
  holdRequest(matcher: RequestMatcher, moment: Moment): Hold {
    return this.gates.requests.hold(matcher, moment);
  }

  /** Orders a fault for commands and file operations over SSH that fit; returns how to withdraw it. */
  faultCommand(matcher: CommandMatcher, fault: CommandFault): () => void {
    return this.gates.commands.fault(matcher, fault);
  }

  /** Holds the next command or file operation that fits, before it runs or before its end is told. */
  holdCommand(matcher: CommandMatcher, moment: Moment): CommandHold {
    return this.gates.commands.hold(matcher, moment);
  }

  /** Every command and file operation over SSH so far, in the order of arrival. */
  commands(): readonly CommandRecord[] {
    return this.gates.commands.commands;
  }

  /** A guest appears, as if somebody else had created it. Takes what scenarios take. */
  addGuest(guest: unknown): GuestTruth {
    const parsed = guestSchema.parse(guest);
    if (this.cluster.guests.has(parsed.vmid)) throw new Error(`guest ${parsed.vmid} exists already`);
    this.node(parsed.node);
    return truthAbout(this.cluster, addGuest(this.cluster, parsed));
  }

  /** A guest vanishes with its volumes. */
  removeGuest(vmid: number): void {
    const guest = this.guestState(vmid);
    for (const node of [...guest.processes.keys()]) endProcess(guest, node, this.cluster.clock.now());
    for (const volume of this.cluster.volumes.all()) {
      if (volume.vmid === vmid) this.cluster.volumes.remove(volume);
    }
    this.cluster.guests.delete(vmid);
    this.cluster.broadcasts.forgetGuest(vmid);
  }

  setGuest(vmid: number, { config = {}, behaviour = {}, status }: GuestChange): void {
    const guest = this.guestState(vmid);
    for (const [key, value] of Object.entries(config)) {
      if (value === null) guest.config.delete(key);
      else guest.config.set(key, value);
    }
    Object.assign(guest.behaviour, behaviour);
    const now = this.cluster.clock.now();
    if (status === 'stopped') endProcess(guest, guest.node, now);
    if (status === 'running')
      startProcess(guest, { node: guest.node, pid: this.cluster.tasks.newPid(guest.node), now });
  }

  /** Sets the `lock` key, e.g. `backup`; undefined removes it (`qm unlock`). */
  setLock(vmid: number, lock: string | undefined): void {
    this.setGuest(vmid, { config: { lock: lock ?? null } });
  }

  /** Says what is behind a URL, as a scenario does: `{ url, size, image, virtual_size, answer, ... }`. */
  setUrl(entry: z.input<typeof urlSchema>): void {
    const facts = urlFactsOf(urlSchema.parse(entry));
    this.cluster.web.set(facts.url, facts);
  }

  /** Orders how guests boot, one or all: `agent: false` no agent ever answers, `seconds: 'never'` no boot ever ends. */
  setBoot({ vmid, ...order }: BootOrder & { readonly vmid?: number | undefined }): void {
    this.cluster.boots.set(vmid ?? 'all', order);
  }

  /** Removes a token, `<user>@<realm>!<token>`. */
  revokeToken(fullId: string): void {
    const [user = '', token = ''] = fullId.split('!');
    if (this.cluster.access.users.get(user)?.tokens.delete(token) !== true)
      throw new Error(`no token ${fullId}`);
  }

  /** Every request so far, in the order of arrival. */
  requests(): readonly RequestRecord[] {
    return this.gates.requests.requests;
  }

  guest(vmid: number): GuestTruth {
    return truthAbout(this.cluster, this.guestState(vmid));
  }

  guests(): GuestTruth[] {
    return [...this.cluster.guests.values()].map((guest) => truthAbout(this.cluster, guest));
  }

  /** All volumes of all storages, images and ISO files among them: those have no VMID, those of shared storages no node. */
  volumes(): readonly {
    readonly volid: string;
    readonly node: string | undefined;
    readonly vmid: number | undefined;
  }[] {
    return this.cluster.volumes.all().map(({ volid, node, vmid }) => ({ volid, node, vmid }));
  }

  /** Running tasks that fit. */
  runningTasks(selector: TaskSelector = {}): Task[] {
    const fits = ({ upid, parts }: Task): boolean =>
      (selector.upid ?? upid) === upid &&
      (selector.type ?? parts.type) === parts.type &&
      (selector.id ?? parts.id) === parts.id &&
      (selector.node ?? parts.node) === parts.node;
    return this.cluster.tasks.all().filter((task) => task.running && fits(task));
  }

  /** Resolves with the first value of `look` that is neither undefined nor false; rejects after `timeoutMs` of real time. */
  async waitFor<T>(look: () => T | undefined | false, what: string, timeoutMs = defaultWaitMs): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
      if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  private guestState(vmid: number): GuestState {
    const guest = this.cluster.guests.get(vmid);
    if (guest === undefined) throw new Error(`no guest ${vmid}`);
    return guest;
  }

  private node(name: string): NodeState {
    const node = this.cluster.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  private apiServer(name: string): NodeServer {
    const server = this.servers.api.get(name);
    if (server === undefined) throw new Error(`no server for node ${name}`);
    return server;
  }

  private sshServer(name: string): SshServer {
    const server = this.servers.ssh.get(name);
    if (server === undefined) throw new Error(`no SSH server for node ${name}`);
    return server;
  }

  private async listenAsItShould(name: string): Promise<void> {
    const { power, pveproxy, sshd } = this.node(name);
    if (power !== 'on') return;
    if (pveproxy === 'running') await this.apiServer(name).listen();
    if (sshd === 'running') await this.sshServer(name).listen();
  }
}
