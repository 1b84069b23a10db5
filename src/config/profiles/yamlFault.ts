import { isCollection, LineCounter, parseAllDocuments } from 'yaml';

/**
 * Why a text is not one or more YAML documents with keys or lists, as the end of a sentence; undefined where it is.
 * Nothing of the text is shown.
 */
export function yamlFault(text: string): string | undefined {
  const lineCounter = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'error' })];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) return `is not valid YAML (line ${lineCounter.linePos(error.pos[0]).line})`;
  const written = documents.filter(({ contents }) => contents !== null);
  if (written.length === 0) return 'is empty';
  return written.every(({ contents }) => isCollection(contents)) ? undefined : 'has no keys';
}
