const running = new Set<number>();

/** A process was started that must not outlive the matrix. */
export function remember(pid: number): void {
  running.add(pid);
}

/** It has ended. */
export function forget(pid: number): void {
  running.delete(pid);
}

/** Kills what was started and has not ended: for whoever interrupts the matrix. */
export function killAll(): void {
  for (const pid of running) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended just now.
    }
  }
}
