/** A place for a value in a text of a runbook. */
export interface Placeholder {
  /**
   * `value`: {{name}}; `raw`: {{{name}}}; `secret`: {{secret:name}}; `legacy`: <name>, which stands for {{name}};
   * `malformed`: braces that name nothing.
   */
  readonly kind: 'value' | 'raw' | 'secret' | 'legacy' | 'malformed';
  /** In lower case with underscores; of a malformed one what stands in the braces. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const form =
  /\{\{\{\s*(?<raw>[^{}\n]*?)\s*\}\}\}|\{\{\s*secret:(?<secret>[^{}\n]*?)\s*\}\}|\{\{(?<value>[^{}\n]*)\}\}|(?<![<\\])<(?<legacy>[A-Za-z][A-Za-z0-9_-]{0,40})>/g;

/** What names of parameters, captures and secrets look like. */
export const namePattern = /^[a-z][a-z0-9_]{0,40}$/;

/**
 * The placeholders of a text. `<name>` is one where it is written in capitals, or names one of `known`: anything else
 * may be a redirection or HTML.
 */
export function placeholdersIn(text: string, known: ReadonlySet<string>): readonly Placeholder[] {
  return [...text.matchAll(form)].flatMap((match): Placeholder[] => {
    const { raw, secret, value, legacy } = match.groups ?? {};
    const at = { start: match.index, end: match.index + match[0].length };
    if (legacy !== undefined) return legacyIn(legacy, known, at);
    if (raw !== undefined) return [named('raw', raw, at)];
    if (secret !== undefined) return [named('secret', secret, at)];
    const name = (value ?? '').trim();
    // {{.Names}} and {{range ..}} belong to templates of other programs.
    return /^[.$#/!>-]|^$|\s/.test(name) ? [] : [named('value', name, at)];
  });
}

/** A legacy name as a parameter is called: `<VM-ID>` is `vm_id`. */
export function modernName(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function legacyIn(written: string, known: ReadonlySet<string>, at: Range): Placeholder[] {
  const name = modernName(written);
  const isCapital = written === written.toUpperCase() && written.length > 1;
  return isCapital || known.has(name) ? [{ kind: 'legacy', name, ...at }] : [];
}

function named(kind: 'value' | 'raw' | 'secret', name: string, at: Range): Placeholder {
  return namePattern.test(name) ? { kind, name, ...at } : { kind: 'malformed', name, ...at };
}
