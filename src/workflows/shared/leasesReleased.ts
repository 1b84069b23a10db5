import type { LeaseHolder } from '../../domain/lease';
import type { AnyReport } from '../../domain/operation';
import { activities } from './calls';

/** The report, once what the operation had leased is given back; where that fails, it says so in a warning. */
export async function withLeasesReleased<Report extends AnyReport>(
  { holder }: { readonly holder: LeaseHolder },
  report: Report,
): Promise<Report> {
  try {
    await activities.closing.releaseLeases({ holder });
    return report;
  } catch {
    const warning = 'What was leased could not be given back; the ledger frees it by itself.';
    return { ...report, warnings: [...report.warnings, warning] };
  }
}
