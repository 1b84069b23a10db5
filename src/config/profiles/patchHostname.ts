import { isMap, isSeq, parseAllDocuments, type Document, type YAMLMap } from 'yaml';

/** Where a machine configuration has it, before Talos 1.12 and beside its document of that time. */
const place: readonly string[] = ['machine', 'network', 'hostname'];

/**
 * Whether a text of patches sets a host name, in any form that talosctl takes: a part of the machine configuration, a
 * document HostnameConfig, or a list of JSON patches. Nothing of the text is shown. The text is YAML (`yamlFault`).
 */
export function setsHostname(text: string): boolean {
  return [...parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' })].some(isSetIn);
}

function isSetIn(document: Document.Parsed): boolean {
  const { contents } = document;
  if (isSeq(contents)) return contents.items.some((operation) => isMap(operation) && isSetBy(operation));
  const inDocument = document.get('kind') === 'HostnameConfig' ? document.get('hostname') : undefined;
  return hasValue(inDocument) || hasValue(document.getIn(place));
}

/** The value of an operation is the name itself, or whatever holds it. */
function isSetBy(operation: YAMLMap): boolean {
  const path = operation.get('path');
  if (typeof path !== 'string') return false;
  const steps = path.split('/').slice(1);
  if (steps.some((step, index) => step !== place[index])) return false;
  const value = operation.get('value');
  const inside = place.slice(steps.length);
  return inside.length === 0 ? hasValue(value) : isMap(value) && hasValue(value.getIn(inside));
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
