/**
 * An answer that pveproxy's HTTP server gives without JSON (behaviour.md 1.3): an empty body, the reason as plain text,
 * or the reason as a line of text.
 */
export class TransportError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: 'empty' | 'text' | 'line',
  ) {
    super(message);
    this.name = 'TransportError';
  }
}
