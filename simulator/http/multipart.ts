import { randomBytes } from 'node:crypto';
import { factsOf, type FileFacts } from '../web/file-facts';
import type { RawValue } from './parameters';
import { TransportError } from './transport-error';

/** A file that came in a form, and the fields before it. */
export interface UploadedForm {
  readonly values: ReadonlyMap<string, RawValue>;
  readonly file: FileFacts;
  /** Where the server put it. */
  readonly temporaryPath: string;
}

/** The fields that may come before the file, in the only order in which pve-http-server finds them (recording f1). */
const fieldOrder = ['content', 'checksum-algorithm', 'checksum'];

/** Reads a form with a file; throws the server's 400 for any other form. */
export function readUpload(body: Buffer, contentType: string): UploadedForm {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;\s]+))/.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw badRequest();
  const values = new Map<string, RawValue>();
  for (const part of partsOf(body, boundary)) {
    const name = /\bname="([^"]*)"/.exec(part.headers)?.[1] ?? '';
    const fileName = /\bfilename="([^"]*)"/.exec(part.headers)?.[1];
    if (name === 'filename' && fileName !== undefined) {
      const temporaryPath = `/var/tmp/pveupload-${randomBytes(16).toString('hex')}`;
      values.set('filename', fileName);
      values.set('tmpfilename', temporaryPath);
      return { values, file: factsOf(part.content), temporaryPath };
    }
    const place = fieldOrder.indexOf(name);
    const last = Math.max(-1, ...[...values.keys()].map((key) => fieldOrder.indexOf(key)));
    if (place <= last) throw badRequest();
    values.set(name, part.content.toString('utf8'));
  }
  throw badRequest();
}

interface Part {
  readonly headers: string;
  readonly content: Buffer;
}

function partsOf(body: Buffer, boundary: string): Part[] {
  const separator = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: Part[] = [];
  for (let at = whole.indexOf(separator); at >= 0;) {
    const start = at + separator.length;
    const next = whole.indexOf(separator, start);
    if (next < 0) break;
    const part = whole.subarray(start + '\r\n'.length, next);
    const blank = part.indexOf('\r\n\r\n');
    if (blank >= 0) {
      parts.push({
        headers: part.toString('utf8', 0, blank),
        content: part.subarray(blank + '\r\n\r\n'.length),
      });
    }
    at = next;
  }
  return parts;
}

function badRequest(): TransportError {
  return new TransportError(400, 'Bad Request', 'empty');
}
