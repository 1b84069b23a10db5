/** An accepted approval: of exactly one plan. */
export interface Approval {
  /** The whole sha256. */
  readonly planHash: string;
  readonly by: string;
  readonly comment?: string;
  /** ISO time. */
  readonly at: string;
}
