import type { Compression, ImageFile, ImageType } from '../../domain/template/source';

const packed: Readonly<Record<string, Compression>> = {
  gz: 'gz',
  xz: 'xz',
  zst: 'zst',
  zstd: 'zst',
  bz2: 'bz2',
};

/** What the name of an image says. */
export interface ImageName {
  /** The last part of the URL's path. */
  readonly file: string;
  readonly format: ImageFile['format'];
  readonly compression?: Compression;
}

/**
 * Format and compression of an image from its URL; undefined where the name says nothing. `.img` is qcow2 with
 * Ubuntu and most others, unless the runbook calls the image raw.
 */
export function imageNameOf(url: string, imageType: ImageType): ImageName | undefined {
  const { pathname } = new URL(url);
  const file = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
  const parts = file.toLowerCase().split('.');
  const compression = packed[parts.at(-1) ?? ''];
  const extension = compression === undefined ? parts.at(-1) : parts.at(-2);
  const format = formatOf(extension, imageType);
  if (format === undefined) return undefined;
  return { file, format, ...(compression === undefined ? {} : { compression }) };
}

function formatOf(extension: string | undefined, imageType: ImageType): ImageFile['format'] | undefined {
  switch (extension) {
    case 'img':
      return imageType === 'raw' ? 'raw' : imageType === 'iso' ? 'iso' : 'qcow2';
    case 'qcow2':
    case 'raw':
    case 'vmdk':
    case 'ova':
    case 'iso':
      return extension;
    default:
      return undefined;
  }
}
