/** The log-in of the dashboard in a real browser, over a scorer that asks who it is. Where it is: DASHBOARD; a good token: TOKEN; the browser: CHROMIUM; pictures go to PICTURES. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { leave } from './steps.mjs';

const address = process.env.DASHBOARD;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const errors = [];
page.on('pageerror', error => errors.push(String(error)));

async function step(name, test) {
  await test();
  console.log(`ok ${name}`);
}

async function picture(name) {
  if (process.env.PICTURES) {
    await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
  }
}

async function logIn(token) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
}

await step('a stranger is asked who they are', async () => {
  await page.goto(`${address}/#/flags`);
  await page.waitForURL(/login\.html/);
  await page.getByRole('heading', { name: 'Surprisal' }).waitFor();
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.filter(each => ['serious', 'critical'].includes(each.impact)).map(each => each.id), []);
  await picture('login');
});

await step('a wrong token is refused in words', async () => {
  await logIn('srp_wrong');
  await page.getByRole('alert').getByText('That is no token of this scorer.').waitFor();
});

await step('a token leads to the page that was wanted, live', async () => {
  await logIn(process.env.TOKEN);
  await page.locator('.connection.live').waitFor();
  assert.match(page.url(), /#\/flags$/);
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })),
    [{ name: 'surprisal-token', httpOnly: true, sameSite: 'Strict' }]);
  assert.equal(await page.evaluate(() => document.cookie), '');
});

await step('who may only look cannot do more', async () => {
  const status = await page.evaluate(() => fetch('/api/v1/pipelines/payments/alarm-rate', {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"alarm_rate": "1/1000"}',
  }).then(response => response.status));
  assert.equal(status, 403);
});

await step('the log-in holds over a reload', async () => {
  await page.reload();
  await page.locator('.connection.live').waitFor();
});

await step('who logs out is a stranger again', async () => {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(/login\.html/);
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await page.evaluate(() => fetch('/api/v1/pipelines').then(response => response.status)), 401);
});

await step('where the log-in ends meanwhile, the page asks again', async () => {
  await logIn(process.env.TOKEN);
  await page.locator('.connection.live').waitFor();
  await context.clearCookies();
  await page.getByRole('link', { name: 'Dead letters' }).click();
  await page.waitForURL(/login\.html/);
});

assert.deepEqual(errors, []);
await browser.close();
leave();
console.log('all ok');
