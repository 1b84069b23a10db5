import type { StorageState } from '../cluster/storages';
import { parameterError } from '../http/errors';

/** Kinds of files that can be uploaded and downloaded. */
export type FileContent = 'iso' | 'vztmpl' | 'import';

const extensions: Readonly<Record<FileContent, RegExp>> = {
  iso: /[^/]+\.(?:iso|img)$/i,
  vztmpl: /[^/]+\.tar\.(?:gz|xz|zst)$/i,
  import: /^[a-zA-Z0-9\-.+=_]+\.(?:ova|qcow2|raw|vmdk)$/i,
};

/** True for one of them. */
export function isFileContent(content: string): content is FileContent {
  return content in extensions;
}

/** A file's name as storages keep it: without folders, odd characters replaced. Ends the call if its extension does not fit. */
export function checkedFileName(content: FileContent, given: string): string {
  const name = given
    .trim()
    .replace(/^.*[/\\]/, '')
    .replace(/[^a-zA-Z0-9+=_.-]/g, '_');
  if (extensions[content].test(name)) return name;
  const text = content === 'import' ? 'invalid filename or wrong extension' : 'wrong file extension';
  return parameterError({ filename: text });
}

/** The volume id of such a file. */
export function fileVolid({ id }: StorageState, content: FileContent, name: string): string {
  return `${id}:${content}/${name}`;
}

/** What lists of contents show as its format (behaviour.md 7.3, recording f1). */
export function fileFormat(content: FileContent, name: string): string {
  if (content === 'iso') return 'iso';
  const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
  return content === 'vztmpl' ? `t${extension}` : extension;
}
