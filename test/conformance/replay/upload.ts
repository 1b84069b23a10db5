import type { RestRequest } from '../recording';

/** A file that was uploaded, as a state describes it. */
interface Upload {
  readonly filename: string;
  readonly size: number;
  readonly fields: Readonly<Record<string, string>>;
}

const boundary = '----labBoundary';

/** Body and headers of the form that the file was sent in; the file's bytes are all the same. */
export function uploadForm({ filename, size, fields }: Upload): Pick<RestRequest, 'body' | 'headers'> {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const disposition = `Content-Disposition: form-data; name="filename"; filename="${filename}"`;
  const file = `--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n${'x'.repeat(size)}\r\n`;
  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}${file}--${boundary}--\r\n`,
  };
}
