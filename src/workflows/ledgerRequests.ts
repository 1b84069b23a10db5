import { problem } from '../domain/errors';
import { refusal } from './shared/failures';

/**
 * Checks by hand what reaches the ledger, from whomever: an error of another kind in a handler would stop the ledger,
 * and with it every operation of the cluster. Each check throws InputInvalid; nothing has changed then.
 */

/** Checks the message `leaseNode`. */
export function checkLeaseNode(message: unknown): void {
  requireHolder('leaseNode', message);
  requireThat('leaseNode', isText(field(message, 'node')), 'node');
}

/** Checks the message `reserve`. */
export function checkReserve(message: unknown): void {
  requireHolder('reserve', message);
  const reservations = field(message, 'reservations');
  requireThat('reserve', Array.isArray(reservations) && reservations.every(isReservation), 'reservations');
  const room = field(message, 'roomBytes');
  requireThat('reserve', typeof room === 'object' && room !== null, 'roomBytes');
}

/** Checks the message `settle`. */
export function checkSettle(message: unknown): void {
  requireHolder('settle', message);
  requireThat('settle', typeof field(message, 'vmid') === 'number', 'vmid');
}

/** Checks the message `leaseVmid`. */
export function checkLeaseVmid(message: unknown): void {
  requirePurpose('leaseVmid', message);
  requireThat('leaseVmid', isNumbers(field(message, 'candidates')), 'candidates');
  const taken = field(message, 'taken');
  requireThat('leaseVmid', taken === undefined || isNumbers(taken), 'taken');
}

/** Checks the message `quarantineVmid`. */
export function checkQuarantineVmid(message: unknown): void {
  requireHolder('quarantineVmid', message);
  requireThat('quarantineVmid', typeof field(message, 'vmid') === 'number', 'vmid');
}

/** Checks the message `reserveStorage`. */
export function checkReserveStorage(message: unknown): void {
  requireHolder('reserveStorage', message);
  const wanted = field(message, 'reservations');
  requireThat('reserveStorage', Array.isArray(wanted) && wanted.every(isStorageReservation), 'reservations');
  const room = field(message, 'roomBytes');
  requireThat('reserveStorage', typeof room === 'object' && room !== null, 'roomBytes');
}

/** Checks the message `takeCloneSlot`. */
export function checkTakeCloneSlot(message: unknown): void {
  requirePurpose('takeCloneSlot', message);
  requireThat('takeCloneSlot', isText(field(message, 'node')), 'node');
  requireThat('takeCloneSlot', isText(field(message, 'storage')), 'storage');
  requireThat('takeCloneSlot', ['full', 'linked'].includes(String(field(message, 'kind'))), 'kind');
  const shared = field(message, 'shared');
  requireThat('takeCloneSlot', shared === undefined || typeof shared === 'boolean', 'shared');
  const volumes = field(message, 'volumes');
  requireThat('takeCloneSlot', volumes === undefined || isNumberOfVolumes(volumes), 'volumes');
}

/** Checks the message `leaseAddresses`. */
export function checkLeaseAddresses(message: unknown): void {
  requireHolder('leaseAddresses', message);
  const wanted = field(message, 'addresses');
  const isAddress = (it: unknown) => isText(field(it, 'address')) && typeof field(it, 'vmid') === 'number';
  requireThat('leaseAddresses', Array.isArray(wanted) && wanted.every(isAddress), 'addresses');
}

/** Checks a message that names a holder and a purpose. */
export function checkPurpose(message: unknown): void {
  requirePurpose('give back', message);
}

/** Checks the message `release`. */
export function checkRelease(message: unknown): void {
  requireHolder('release', message);
}

function requireHolder(message: string, payload: unknown): void {
  const holder = field(payload, 'holder');
  const names = [field(holder, 'workflowId'), field(holder, 'firstExecutionRunId')];
  requireThat(message, names.every(isText), 'holder');
}

function requirePurpose(message: string, payload: unknown): void {
  requireHolder(message, payload);
  requireThat(message, isText(field(payload, 'purpose')), 'purpose');
}

function isStorageReservation(value: unknown): boolean {
  const texts = [field(value, 'purpose'), field(value, 'node'), field(value, 'storage')];
  return (
    texts.every(isText) &&
    typeof field(value, 'shared') === 'boolean' &&
    typeof field(value, 'bytes') === 'number'
  );
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

function isReservation(value: unknown): boolean {
  return (
    isText(field(value, 'target')) &&
    typeof field(value, 'vmid') === 'number' &&
    typeof field(value, 'memoryBytes') === 'number'
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function requireThat(message: string, isRight: boolean, name: string): void {
  if (isRight) return;
  throw refusal(
    problem('InputInvalid', {
      attempted: `${message} in the ledger`,
      failed: `the field "${name}" is missing or has another form`,
    }),
  );
}

/** More than any machine has: the moments of all clones after it depend on it. */
const mostVolumes = 100;

function isNumberOfVolumes(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostVolumes;
}
