import { closest, distance } from 'fastest-levenshtein';

/**
 * The one of some words that was probably meant, if one is near enough for a typing mistake: at most two letters
 * differ (of longer words a third), and not all of them.
 */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const nearest = closest(word, words);
  const differing = distance(word, nearest);
  const allowed = Math.min(Math.max(2, Math.floor(nearest.length / 3)), nearest.length - 1);
  return differing <= allowed ? nearest : undefined;
}
