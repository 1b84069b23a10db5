import { pathsBelow, readIfThere } from './files';
import type { Evidence } from './search';

/** Looks at what is written into a folder, again and again: temporary files are gone before the end. */
export interface FileWatch {
  /** Everything that was seen, each content once. */
  evidence(): Evidence[];
  stop(): void;
}

const lookEveryMs = 20;

/** Begins to watch. Stop it. */
export function watchFiles(folder: string): FileWatch {
  const seen = new Map<string, Evidence>();
  const timer = setInterval(() => {
    for (const { path, facts } of pathsBelow(folder)) {
      const version = `${path} ${facts.ino} ${facts.size} ${facts.mtimeMs}`;
      if (!seen.has(version)) seen.set(version, { name: path, bytes: readIfThere(path) });
    }
  }, lookEveryMs);
  return { evidence: () => [...seen.values()], stop: () => clearInterval(timer) };
}
