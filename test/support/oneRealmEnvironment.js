const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { oneRealm } = require('./modulesOnce');

/** What a test file may change of the process. `restore` takes it back. */
function keepProcess() {
  const kept = [globalThis, process, Error].map((owner) => ({
    owner,
    properties: Object.getOwnPropertyDescriptors(owner),
  }));
  const environment = { ...process.env };
  const folder = process.cwd();
  const { exitCode } = process;
  const listeners = new Set(process.eventNames().flatMap((event) => process.rawListeners(event)));
  return function restore() {
    for (const name of Object.keys(process.env))
      if (!(name in environment)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, environment);
    process.chdir(folder);
    process.exitCode = exitCode;
    for (const event of process.eventNames()) {
      for (const listener of process.rawListeners(event)) {
        if (!listeners.has(listener)) process.off(event, listener);
      }
    }
    for (const { owner, properties } of kept) restoreProperties(owner, properties);
  };
}

/** What node itself keeps up to date of its listeners and its channel to jest. */
const bookkeeping = new Set(['_events', '_eventsCount', '_maxListeners', 'channel', '_channel', 'connected']);

function restoreProperties(owner, properties) {
  const keys = (of) => Reflect.ownKeys(of).filter((key) => !bookkeeping.has(key));
  for (const key of keys(owner)) if (!(key in properties)) Reflect.deleteProperty(owner, key);
  for (const key of keys(properties)) {
    const { value, get, set, configurable, writable } = properties[key];
    const now = Object.getOwnPropertyDescriptor(owner, key);
    if (now !== undefined && now.value === value && now.get === get && now.set === set) continue;
    if (configurable || now === undefined) Object.defineProperty(owner, key, properties[key]);
    else if (writable) owner[key] = value;
  }
}

/**
 * Runs each test file in the realm of node itself. jest's own environment makes a new realm for each file, in which
 * every module is compiled again, every global is looked up through a proxy, and an Error of node is no `Error`.
 * The modules of tests are loaded anew for each file all the same, and what a file changes of the process is taken back.
 */
class OneRealmEnvironment {
  constructor({ projectConfig: config }) {
    this.restore = keepProcess();
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = new LegacyFakeTimers({
      ...{ config, global: globalThis, moduleMocker: this.moduleMocker },
      timerConfig: { idToRef: (timer) => timer, refToId: (timer) => timer },
    });
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers?.dispose();
    this.fakeTimersModern?.dispose();
    this.fakeTimers = null;
    this.fakeTimersModern = null;
    this.restore();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return oneRealm;
  }
}

module.exports = OneRealmEnvironment;
