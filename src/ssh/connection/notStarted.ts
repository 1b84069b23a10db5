import { ManagerError } from '../../domain/errors';

/** The connection was gone before the command had been handed over: nothing was executed, so anything may be sent again. */
export class NotStarted extends ManagerError {}

/** The host has no session left for this connection (MaxSessions of sshd): nothing was executed. */
export class SessionRefused extends ManagerError {}
