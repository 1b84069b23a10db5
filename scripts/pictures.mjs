/**
 * Makes docs/pictures/ by running the demo at a pseudo-terminal: what the screen shows at three moments, and the
 * Temporal Web UI. Needs the built package, Python 3, and Chromium (`chromium` on PATH, or CHROMIUM=<file>).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Screen } from './pictures/screen.mjs';
import {
  details,
  openWebUi,
  photographList,
  photographScreen,
  photographTab,
} from './pictures/photograph.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs', 'pictures');
const enter = '\r';
const up = '\u001b[A';
const controlC = '\u0003';

function file(name) {
  return join(folder, `${name}.png`);
}

function chromiumFile() {
  const name = process.env['CHROMIUM'] ?? 'chromium';
  const found = spawnSync('which', [name]);
  if (found.status === 0) return found.stdout.toString().trim();
  throw new Error(
    'Pictures need Chromium: apt-get install chromium, or name the executable with CHROMIUM=<file>.',
  );
}

function startDemo(screen) {
  const pseudoTerminal = join(root, 'test/client/support/pseudoTerminal.py');
  const cli = join(root, 'dist/src/client/main.js');
  const env = { ...process.env, TERM: 'xterm-256color' };
  const command = [pseudoTerminal, process.execPath, cli, 'demo', '--stay'];
  const demo = spawn('python3', command, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  demo.stdout.on('data', (data) => screen.write(data));
  demo.once('exit', (code) => screen.end(`The demo has ended with exit code ${code}.`));
  return demo;
}

async function main() {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: chromiumFile(), args: ['--no-sandbox'] });
  const screen = new Screen({ columns: 130 });
  const demo = startDemo(screen);
  try {
    await screen.shows(/What about plan/);
    await photographScreen(browser, screen.between(/^Plan [0-9a-f]{12}/, /What about plan/), file('plan'));
    const [webUi] = /http:\/\/127\.0\.0\.1:\d+/.exec(screen.text()) ?? [];
    const page = await openWebUi(browser, webUi);
    await photographList(page, folder);
    await photographTab(
      page,
      'user-metadata',
      (it) => details(it, /Waits for approval/),
      file('web-ui-plan'),
    );
    demo.stdin.write(up + up);
    await screen.shows(/❯ Approve/);
    demo.stdin.write(enter);
    await screen.shows(/== Adopted ==[\s\S]*guests, [\s\S]*1005 build[^\n]* left/);
    await photographScreen(browser, screen.between(/== The accident ==/), file('progress'));
    await screen.shows(/Ctrl-C ends everything/);
    await photographScreen(browser, screen.between(/^Evacuation of/, /== The truth ==/), file('report'));
    await photographTab(page, 'timeline', (it) => it.getByText(/1005/), file('web-ui-timeline'));
  } finally {
    demo.stdin.write(controlC);
    if (demo.exitCode === null) await once(demo, 'exit');
    await browser.close();
  }
}

await main();
