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

/** Pictures of the Web UI: the list of workflows, and the details of the evacuation. */
export async function photographWebUi(browser, address, folder, moment) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  try {
    await page.goto(`${address}/namespaces/default/workflows`, { waitUntil: 'networkidle' });
    await page.screenshot({ path: join(folder, `web-ui-list-${moment}.png`) });
    const link = page.locator('a[href*="evacuate-node"]').first();
    await link.click();
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(folder, `web-ui-${moment}.png`) });
    console.log(page.url());
  } finally {
    await page.close();
  }
}
