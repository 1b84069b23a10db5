import type { TemplateFrame } from '../../../domain/templatePlan';

/** The storage of a template's disks, as its reservations name it; undefined where the plan writes none. */
export function diskStorage({ reservations }: Pick<TemplateFrame, 'reservations'>): string | undefined {
  return reservations.find(({ purpose }) => purpose.startsWith('disk/'))?.storage;
}
