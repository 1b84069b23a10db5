import { listRunbooks, readRunbookFile } from '../../runbooks/catalogue';
import { readFrontMatter } from '../../runbooks/frontMatter/read';
import { Problems } from '../../runbooks/problems';
import { reportFiles } from '../operations/reportFiles';
import { runbookFolder } from '../runbooks/folder';
import type { Session } from '../session';

/** The names of the runbooks that make templates, told by their front matter alone. */
export function templateRunbooks(session: Session): readonly string[] {
  return listRunbooks(runbookFolder(session))
    .filter(({ file }) => makesTemplate(file))
    .map(({ name }) => name);
}

/** Names of templates that are known without asking the cluster: of saved reports, and those of runbooks. */
export function likelyTemplates(session: Session): readonly string[] {
  const made = reportFiles().flatMap((it) => (it.operation === 'createTemplate' ? [it.name] : []));
  return [...new Set([...made, ...templateRunbooks(session)])].toSorted();
}

/** A file that can't be read makes none: who presses Tab is not told of it. */
function makesTemplate(file: string): boolean {
  try {
    const text = Buffer.from(readRunbookFile(file)).toString('utf8');
    const [, yaml] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text) ?? [];
    const type = readFrontMatter(yaml, new Problems(file)).value.image_type;
    return type !== undefined && type !== 'none';
  } catch {
    return false;
  }
}
