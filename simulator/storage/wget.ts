import type { ClusterState } from '../cluster/state';
import { fail } from '../http/errors';
import type { TaskWorker } from '../tasks/worker';
import { openUrl } from '../web/open-url';
import { NotReached, type Compression, type ReceivedFile, type WebAnswer } from '../web/web-answer';

/** A download as wget makes it. */
export interface WgetJob {
  readonly cluster: ClusterState;
  readonly worker: TaskWorker;
  readonly url: string;
  /** Where the bytes go: a temporary file. */
  readonly path: string;
  readonly verifyCertificates: boolean;
  readonly compression: Compression | undefined;
  /** What the node's link carries. */
  readonly linkBytesPerSecond: number;
  /** How much fits; called when bytes are to be written. */
  readonly room: () => number;
  /** Bytes were written. */
  readonly written: (bytes: number) => void;
}

const kibibyte = 1024;
const mebibyte = 1024 ** 2;
/** A line of dots stands for so much, a dot for one MiB (`--progress=dot:giga`). */
const lineBytes = 32 * mebibyte;
/** What comes first of a file: until then nothing shows that it is written. */
const firstBlockBytes = 64 * kibibyte;
const mostRedirections = 20;
const mostTries = 20;
const longestPauseSeconds = 10;

/** Downloads as wget does, with its lines (recording f1). Fails with "download failed: ...": wget's last line, or its exit code. */
export async function download(job: WgetJob): Promise<ReceivedFile> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await connect(job, attempt);
    const received = await transfer(job, answer);
    if (received.brokenOffAtBytes === undefined) return received;
    if (attempt === mostTries) {
      job.worker.log('Giving up.');
      fail('download failed: exit code 4');
    }
    await job.worker.sleep(Math.min(attempt, longestPauseSeconds));
  }
}

async function connect(job: WgetJob, attempt: number): Promise<WebAnswer> {
  let { url } = job;
  for (let redirections = 0; ; redirections += 1) {
    const answer = await ask(job, url, attempt);
    const { status, reason, location } = answer;
    job.worker.log(`HTTP request sent, awaiting response... ${status} ${reason}`);
    if (status >= 300 && status < 400 && location !== undefined && redirections < mostRedirections) {
      url = new URL(location, url).href;
      job.worker.log(`Location: ${location} [following]`);
      continue;
    }
    if (status !== 200) {
      job.worker.logWithTime(`ERROR ${status}: ${reason}.`);
      fail('download failed: exit code 8');
    }
    return answer;
  }
}

async function ask(job: WgetJob, url: string, attempt: number): Promise<WebAnswer> {
  const { worker, cluster, verifyCertificates } = job;
  const tries = attempt === 1 ? '' : `(try:${String(attempt).padStart(2)})`;
  worker.log(`--${timeText(cluster)}--  ${tries}${tries === '' ? '' : '  '}${url}`);
  const { hostname, port, protocol } = new URL(url);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  const name = `${hostname} (${hostname})`;
  const portText = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const place = isAddress ? `${hostname}:${portText}` : `${name}:${portText}`;
  const abort = new AbortController();
  const forget = worker.whenGone(() => abort.abort());
  try {
    const answer = await worker.wait(
      openUrl(cluster, { method: 'GET', url, verifyCertificates, signal: abort.signal }),
    );
    if (!isAddress) worker.log(`Resolving ${name}... done.`);
    worker.log(`Connecting to ${place}... connected.`);
    return answer;
  } catch (error) {
    forget();
    abort.abort();
    if (!(error instanceof NotReached)) throw interruptedText(error);
    return notReached(job, error, { hostname, place, name });
  }
}

function notReached(
  { worker }: WgetJob,
  { why }: NotReached,
  { hostname, place, name }: { readonly hostname: string; readonly place: string; readonly name: string },
): never {
  switch (why) {
    case 'name not resolved':
      worker.log(`Resolving ${name}... failed: Temporary failure in name resolution.`);
      return fail(`download failed: wget: unable to resolve host address '${hostname}'`);
    case 'connection refused':
      return fail(`download failed: Connecting to ${place}... failed: Connection refused.`);
    case 'certificate not trusted':
      worker.log(`Connecting to ${place}... connected.`);
      worker.log(`ERROR: cannot verify ${hostname}'s certificate:`);
      worker.log("  Unable to locally verify the issuer's authority.");
      return fail(`download failed: To connect to ${hostname} insecurely, use \`--no-check-certificate'.`);
    case 'no answer':
      worker.log(`Connecting to ${place}... connected.`);
      worker.log('HTTP request sent, awaiting response... No data received.');
      return fail('download failed: exit code 4');
  }
}

/** The bytes arrive at the speed of the server or of the node's link, and stop where there is no room. */
async function transfer(job: WgetJob, answer: WebAnswer): Promise<ReceivedFile> {
  const { worker, cluster } = job;
  const type = answer.mimeType === undefined ? '' : ` [${answer.mimeType}]`;
  worker.log(
    `Length: ${answer.sizeBytes === undefined ? 'unspecified' : lengthText(answer.sizeBytes)}${type}`,
  );
  const received = await interruptible(worker, answer.receive(job.compression));
  const arrivingBytes = received.brokenOffAtBytes ?? received.file.sizeBytes;
  const bytesPerSecond = Math.min(answer.bytesPerSecond ?? Infinity, job.linkBytesPerSecond);
  const started = cluster.clock.now();
  const firstBytes = Math.min(firstBlockBytes, arrivingBytes);
  await interruptible(worker, worker.sleep(firstBytes / bytesPerSecond));
  worker.log(`Saving to: '${job.path}'`);
  let doneBytes = 0;
  let waitedBytes = firstBytes;
  while (doneBytes < arrivingBytes) {
    const stepBytes = Math.min(lineBytes, arrivingBytes - doneBytes);
    const fittingBytes = Math.min(stepBytes, job.room());
    const toWaitBytes = Math.max(doneBytes + fittingBytes - waitedBytes, 0);
    await interruptible(worker, worker.sleep(toWaitBytes / bytesPerSecond));
    waitedBytes += toWaitBytes;
    job.written(fittingBytes);
    const elapsedSeconds = Math.max(cluster.clock.now() - started, 0.001);
    const at = { fromBytes: doneBytes, stepBytes: fittingBytes, sizeBytes: answer.sizeBytes };
    doneBytes += fittingBytes;
    worker.log(
      progressLine(at, { elapsedSeconds, isLast: doneBytes === arrivingBytes || fittingBytes < stepBytes }),
    );
    if (fittingBytes < stepBytes) {
      fail(`download failed: Cannot write to '${job.path}' (No space left on device).`);
    }
  }
  const speed = speedText(doneBytes / Math.max(cluster.clock.now() - started, 0.001));
  const end =
    received.brokenOffAtBytes === undefined
      ? `'${job.path}' saved [${doneBytes}${answer.sizeBytes === undefined ? '' : `/${answer.sizeBytes}`}]`
      : `Connection closed at byte ${doneBytes}. Retrying.`;
  worker.logWithTime(`(${speed}) - ${end}`);
  if (received.brokenOffAtBytes !== undefined) job.written(-doneBytes);
  return received;
}

/** SIGTERM ends wget: what runs it says so. */
async function interruptible<T>(worker: TaskWorker, waiting: Promise<T>): Promise<T> {
  try {
    return await worker.wait(waiting);
  } catch (error) {
    throw interruptedText(error);
  }
}

function interruptedText(error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error);
  return text === 'received interrupt' ? new Error(`download failed: ${text}`) : new Error(text);
}

interface DotsLine {
  readonly fromBytes: number;
  readonly stepBytes: number;
  readonly sizeBytes: number | undefined;
}

/** `     0K ........ ........ ........ ........  49%  567M=0.05s`: a dot a MiB. */
function progressLine(
  { fromBytes, stepBytes, sizeBytes }: DotsLine,
  { elapsedSeconds, isLast }: { readonly elapsedSeconds: number; readonly isLast: boolean },
): string {
  const dots = '.'.repeat(Math.floor(stepBytes / mebibyte));
  const clusters = (dots.match(/.{1,8}/g) ?? []).map((cluster) => ` ${cluster}`).join('');
  const doneBytes = fromBytes + stepBytes;
  const share = sizeBytes === undefined ? '' : `${Math.floor((100 * doneBytes) / Math.max(sizeBytes, 1))}%`;
  const bytesPerSecond = doneBytes / elapsedSeconds;
  const rest = sizeBytes === undefined ? 0 : (sizeBytes - doneBytes) / bytesPerSecond;
  const time = isLast ? `=${shortSeconds(elapsedSeconds)}s` : ` ${Math.round(rest)}s`;
  const from = String(Math.floor(fromBytes / kibibyte)).padStart(6);
  return `${from}K${clusters.padEnd(36)} ${share.padStart(3)} ${shortSpeed(bytesPerSecond).padStart(5)}${time}`;
}

function shortSeconds(seconds: number): string {
  return seconds >= 10 ? String(Math.round(seconds)) : String(Number(seconds.toPrecision(1)));
}

/** `327M`, `1.2G`. */
function shortSpeed(bytesPerSecond: number): string {
  const [value, unit] = scaled(bytesPerSecond);
  return `${value}${unit}`;
}

/** `327 MB/s`. */
function speedText(bytesPerSecond: number): string {
  const [value, unit] = scaled(bytesPerSecond);
  return `${value} ${unit}B/s`;
}

function scaled(bytesPerSecond: number): [string, string] {
  let value = bytesPerSecond;
  const units = ['', 'K', 'M', 'G'];
  let at = 0;
  while (value >= kibibyte && at < units.length - 1) {
    value /= kibibyte;
    at += 1;
  }
  return [value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString(), units[at] ?? ''];
}

/** `3145728 (3.0M)`, `62914560 (60M)`, `1000`. */
function lengthText(bytes: number): string {
  if (bytes < kibibyte) return String(bytes);
  let value = bytes;
  let unit = '';
  for (const next of ['K', 'M', 'G']) {
    if (value < kibibyte) break;
    value /= kibibyte;
    unit = next;
  }
  return `${bytes} (${value < 10 ? value.toFixed(1) : value.toFixed(0)}${unit})`;
}

function timeText(cluster: ClusterState): string {
  return new Date(cluster.clock.epochSeconds() * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
