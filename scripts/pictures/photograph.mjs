import { join } from 'node:path';

const terminalStyle = `
  body { margin: 0; background: #fff; }
  main { display: inline-block; padding: 14px 18px; border-radius: 8px; background: #1b1f27; }
  main pre, main pre > div { margin: 0; background: transparent !important; }
  main div { color: #d6dae2 !important; }
  main pre div div { font: 14px/1.35 'DejaVu Sans Mono', monospace !important; white-space: pre; }
`;

/** A picture of terminal lines, as narrow as their text. */
export async function photographScreen(browser, html, file) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, deviceScaleFactor: 1.5 });
  try {
    await page.setContent(`<style>${terminalStyle}</style><main>${html}</main>`);
    await page.locator('main').screenshot({ path: file });
  } finally {
    await page.close();
  }
}

/** Opens the Web UI at its list of workflows. */
export async function openWebUi(browser, address) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1180 }, colorScheme: 'light' });
  await page.goto(`${address}/namespaces/default/workflows`, { waitUntil: 'networkidle' });
  return page;
}

/** The list of workflows. */
export async function photographList(page, folder) {
  await page.screenshot({
    path: join(folder, 'web-ui-list.png'),
    clip: { x: 0, y: 0, width: 1440, height: 400 },
  });
}

/** One tab of the evacuation's page, once `shown` (of the page) is there. */
export async function photographTab(page, tab, shown, file) {
  if (!page.url().includes('evacuate-node')) await page.locator('a[href*="evacuate-node"]').first().click();
  await page.waitForURL(/evacuate-node/);
  await page.goto(page.url().replace(/[^/]*$/, tab));
  await shown(page).first().waitFor();
  await page.screenshot({ path: file });
}

/** Where the Web UI shows the details of a workflow. */
export function details(page, text) {
  return page.locator('iframe').last().contentFrame().getByText(text);
}
