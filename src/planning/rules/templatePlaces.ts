import type { TemplateFrame } from '../../domain/templatePlan';

/** The guests that a template's plan is about, those that are only read included: what is made, tested, kept, deleted. */
export function templatePlaces({
  copies,
  bootTest,
  retires,
  inForce,
  source,
}: Pick<TemplateFrame, 'copies' | 'bootTest' | 'retires' | 'inForce' | 'source'>): readonly {
  readonly node: string;
  readonly vmid: number;
}[] {
  return [
    ...copies,
    ...(bootTest === undefined ? [] : [bootTest]),
    ...retires,
    ...inForce,
    ...(source?.kind === 'machine' ? [source] : []),
  ].map(({ node, vmid }) => ({ node, vmid }));
}
