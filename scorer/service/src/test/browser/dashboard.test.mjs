/** The dashboard in a real browser, over a scorer that runs. Where it is: DASHBOARD; the browser: CHROMIUM; pictures go to PICTURES. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { ask, leave } from './steps.mjs';

const address = process.env.DASHBOARD;
const pictures = process.env.PICTURES;
const loadSeconds = Number(process.env.LOAD_SECONDS ?? 5);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
const page = await context.newPage();
page.setDefaultTimeout(20_000);

const complaints = [];
const outside = [];
let mayFail = false;
page.on('console', message => {
  if (message.type() === 'error' && !mayFail) {
    complaints.push(message.text());
  }
});
page.on('pageerror', error => complaints.push(String(error)));
page.on('request', request => {
  if (!request.url().startsWith(address) && !request.url().startsWith('data:')) {
    outside.push(request.url());
  }
});

async function accessible(where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(each => ['serious', 'critical'].includes(each.impact));
  assert.deepEqual(serious.map(each => `${each.id}: ${each.nodes.map(node => node.html).join(' ')}`), [], `axe-core on ${where}`);
}

async function picture(name) {
  if (pictures) {
    await page.screenshot({ path: `${pictures}/${name}.png` });
  }
}

async function step(name, test) {
  await test();
  console.log(`ok ${name}`);
}

const live = page.locator('.connection.live');
const lines = page.locator('main .flag-list li');

await step('an empty scorer says that nothing has been flagged', async () => {
  await page.goto(address);
  await live.waitFor();
  await page.getByText('Nothing has been flagged yet').waitFor();
  await accessible('the empty overview');
});

await step('drift waits for records', async () => {
  await page.getByRole('link', { name: 'Drift' }).click();
  await page.getByText('No record has been scored yet').waitFor();
  await accessible('drift without records');
  await page.getByRole('link', { name: 'Overview' }).click();
});

await step('flags and counts appear as they happen', async () => {
  await ask('send 400');
  await lines.first().waitFor();
  for (const shown of [/^State\s*Scoring/, /^Throughput.*400 since/, /^Flags\s*40/, /^Dead letters\s*4/]) {
    await page.locator('.tile', { hasText: shown }).waitFor();
  }
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 8);
  await page.locator('figure svg[aria-label*="396 records"]').waitFor();
  await accessible('the overview');
  await picture('overview');
});

await step('filter and search', async () => {
  await page.getByRole('link', { name: 'All flags' }).click();
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 40);
  await page.getByLabel('Key', { exact: true }).fill('card 3');
  await page.getByText('4 of 40 flags match').waitFor();
  assert.equal(await lines.count(), 4);
  await page.getByLabel('Search').fill('no such thing');
  await page.getByText('No flag matches').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 40);
  await page.getByLabel('Because of').selectOption('amount');
  await page.getByText('40 of 40 flags match').waitFor();
  await page.getByLabel('Surprise at least, bits').fill('99');
  await page.getByText('0 of 40 flags match').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 40);
  await accessible('the flags');
});

await step('a pause holds the list still', async () => {
  await page.getByRole('button', { name: 'Pause' }).click();
  await ask('send 100');
  await page.getByText('10 more while paused').waitFor();
  assert.equal(await lines.count(), 40);
  await page.getByRole('button', { name: 'Paused' }).click();
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 50);
});

await step('a flag has its reasons, its record and its neighbours', async () => {
  await lines.first().locator('a').click();
  await page.getByRole('heading', { name: 'Why' }).waitFor();
  await page.locator('.reason svg[role=img]').first().waitFor();
  assert.match(await page.locator('.reason').first().textContent(), /amount 500 is 10 times the expected 50/);
  assert.match(await page.locator('pre').first().textContent(), /"amount": 500/);
  await page.locator('tr.current-row').waitFor();
  assert.ok(await page.locator('tbody tr').count() > 5);
  await page.locator('svg[aria-label="3 held-out records; the flag lies beyond the map, in the direction of the ring"]').waitFor();
  await accessible('a flag');
  await picture('flag');
  mayFail = true;
  await page.goto(`${address}/#/flags/9-9`);
  await page.getByText('There is no such flag').waitFor();
  mayFail = false;
});

await step('incidents, and muting one', async () => {
  const incidents = page.locator('main .incident');
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page.waitForFunction(() => document.querySelectorAll('main .incident').length === 10);
  assert.match(await incidents.first().textContent(), /Open.*card .*amount above what is expected.*flags.*amount 500 is 10 times the expected 50/);
  await accessible('the incidents');
  await picture('incidents');
  await page.getByLabel('Key', { exact: true }).fill('card 3');
  await page.getByText('1 of 10 incidents of all instances, 10 open').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('main .incident').length === 1);
  await page.getByRole('button', { name: 'Mute amount above what is expected, card 3' }).click();
  const form = page.getByRole('form', { name: 'New mute rule' });
  assert.equal(await form.getByLabel('Field').inputValue(), 'amount');
  assert.equal(await form.getByLabel('Direction').inputValue(), 'above');
  assert.equal(await form.getByLabel('Key of the records').inputValue(), 'card 3');
  await form.getByLabel('Note').fill('a test');
  await form.getByRole('button', { name: 'Mute' }).click();
  await page.getByText('Muted: amount above what is expected, key card 3, until').waitFor();
  await page.getByRole('cell', { name: 'a test' }).waitFor();
  await accessible('the incidents with a rule');
  mayFail = true;
  await form.getByRole('button', { name: 'Mute' }).click();
  await page.getByText('the rule would mute every flag').waitFor();
  mayFail = false;
  await page.getByRole('button', { name: 'Unmute amount above what is expected, key card 3' }).click();
  await page.getByText('Nothing is muted.').waitFor();
});

await step('a flag can be called a false alarm, or confirmed', async () => {
  await page.goto(`${address}/#/flags`);
  await lines.first().locator('a').click();
  await page.getByText('Nobody has said yet what it was').waitFor();
  await page.getByRole('button', { name: 'False alarm' }).click();
  assert.ok(await page.getByLabel('Your name').evaluate(input => !input.validity.valid), 'a label without a name');
  await page.getByText('Nobody has said yet what it was').waitFor();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Comment').fill('<b>moved abroad</b>');
  await page.getByRole('button', { name: 'False alarm' }).click();
  await page.getByText(/by Ada, .*: <b>moved abroad<\/b>/).waitFor();
  await page.getByRole('button', { name: 'Confirmed' }).click();
  await page.locator('main [role=status] .label.confirmed').waitFor();
  await page.locator('button[data-verdict=confirmed][aria-pressed=true]').waitFor();
  await accessible('a labelled flag');
  await picture('label');
  await page.goto(`${address}/#/flags`);
  await page.locator('main .flag-list li .label.confirmed').waitFor();
  assert.equal(await page.locator('main .flag-list li .label').count(), 1);
  await accessible('a list with a labelled flag');
});

await step('dead letters by reason', async () => {
  await page.getByRole('link', { name: 'Dead letters' }).click();
  await page.getByText('the record is not JSON').first().waitFor();
  await page.locator('details summary').first().click();
  await page.locator('details pre').first().waitFor();
  await accessible('the dead letters');
});

await step('dead letters are sent again, after a look at what that would do', async () => {
  const rows = page.getByRole('region', { name: 'Dead letters by reason' }).locator('tbody tr');
  const many = Number(await rows.first().locator('td').first().textContent());
  assert.ok(many > 1);
  const button = rows.first().getByRole('button', { name: /^Send again/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Send ${many} records again?` }).waitFor();
  await page.getByText(`${many} records to payments, step parse.`).waitFor();
  await accessible('the dialog before sending again');
  await picture('send-again');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('heading', { name: 'Sent again' }).count(), 0);
  await button.click();
  await page.locator('dialog').getByRole('button', { name: 'Send again' }).click();
  await page.getByText(`Sent ${many} records again.`).waitFor();
  await page.getByRole('region', { name: 'Replays' }).locator('tbody tr').getByText('done').waitFor();
  // They are as they were, and come back.
  await rows.first().getByRole('cell', { name: String(2 * many), exact: true }).waitFor();
  await accessible('the dead letters that were sent again');
  await picture('dead-letters');
});

await step('the model says what it is', async () => {
  await page.getByRole('link', { name: 'Model' }).click();
  await page.getByText('tiny-1').first().waitFor();
  await page.locator('svg[aria-label="The bound over 100 steps, at last -2 nats per record, of held-out records -2.5"]').waitFor();
  await page.locator('svg[aria-label^="3 held-out records; 50 flags"]').waitFor();
  await accessible('the model');
});

await step('drift by field, with what has moved', async () => {
  await page.getByRole('link', { name: 'Drift' }).click();
  await page.getByText('Retraining is recommended').waitFor();
  const amount = page.locator('tbody tr', { hasText: 'amount' });
  await amount.getByText('drifted', { exact: true }).waitFor();
  await amount.getByText(/in the median/).waitFor();
  assert.match(await amount.locator('svg[role=img]').getAttribute('aria-label'), /greatest difference: above 47 to 51, 0 % now, 20 % in training/);
  assert.ok(await amount.locator('rect[fill="var(--series)"]').count() > 3);
  assert.equal(await page.locator('tbody tr').count(), 3);
  await accessible('drift');
  await picture('drift');
  await page.getByRole('link', { name: 'Model' }).click();
});

await step('a shadow is compared, promoted and rolled back', async () => {
  await ask('shadow tiny-2');
  await page.getByText('tiny-2 scores the same records as tiny-1').waitFor();
  await ask('send 100');
  await page.getByText('99 records since').waitFor();
  await page.getByText('100 % of the records', { exact: true }).waitFor();
  await page.locator('svg[aria-label^="Surprise by the shadow"]').waitFor();
  assert.doesNotMatch(await page.locator('main').textContent(), /NaN|undefined/);
  await accessible('the shadow');
  await picture('model');
  // By keyboard, and first not after all.
  await page.getByRole('button', { name: 'Promote tiny-2' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Promote tiny-2?' }).waitFor();
  await accessible('the dialog');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Promote tiny-2');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('tiny-2 is promoted.').waitFor();
  await page.locator('tr', { hasText: 'tiny-2' }).getByText('scores').waitFor();
  await page.locator('dl code', { hasText: 'tiny-2' }).first().waitFor();
  await page.getByRole('heading', { name: 'Shadow' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Roll back to tiny-1' }).click();
  await page.getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.getByText('Rolled back to tiny-1.').waitFor();
  await page.locator('dl code', { hasText: 'tiny-1' }).first().waitFor();
  assert.equal(await page.getByRole('button', { name: /Roll back/ }).count(), 0);
  await ask('shadow tiny-3');
  await page.getByRole('button', { name: 'Discard tiny-3' }).click();
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByText('The shadow tiny-3 is discarded.').waitFor();
});

await step('another instance is told of, and when nothing is heard of it any more', async () => {
  await page.getByRole('link', { name: 'Overview' }).click();
  const instances = page.getByRole('region', { name: 'Instances' }).locator('tbody tr');
  await instances.filter({ hasText: 'shows this page' }).filter({ hasText: 'scoring' }).waitFor();
  await ask('instance two');
  const two = instances.filter({ hasText: 'two' });
  await two.filter({ hasText: 'scoring' }).waitFor();
  await page.locator('.tile', { hasText: '2 instances' }).waitFor();
  await two.filter({ hasText: 'silent for' }).waitFor({ timeout: 40_000 });
  await page.locator('.tile', { hasText: '1 instance, 1 silent' }).waitFor();
  await accessible('the overview with a silent instance');
});

await step('dark, and as a phone shows it', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('link', { name: 'Overview' }).click();
  await lines.first().waitFor();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await accessible('the dark overview');
  await picture('overview-dark');
  await page.setViewportSize({ width: 390, height: 844 });
  for (const where of ['#/', '#/flags', '#/incidents', '#/dead-letters', '#/model', '#/drift']) {
    await page.goto(`${address}/${where}`);
    await page.locator('main h1').waitFor();
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(tooWide <= 0, `${where} is ${tooWide} px too wide for a phone`);
  }
  await page.goto(`${address}/#/flags`);
  await lines.first().waitFor();
  await accessible('the flags on a phone');
  await picture('phone');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: /Colours: auto/ }).click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
});

await step('everything can be reached by keyboard', async () => {
  await page.goto(`${address}/#/`);
  await page.reload();
  await lines.first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Why' }).waitFor();
});

await step('a scorer that goes away and comes back', async () => {
  await page.goto(`${address}/#/flags`);
  await lines.first().waitFor();
  mayFail = true;
  await ask('stop');
  await page.getByText('The connection is lost').waitFor();
  await ask('start');
  await live.waitFor();
  await page.locator('#notice').waitFor({ state: 'hidden' });
  mayFail = false;
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 60);
  await ask('send 100');
  await page.waitForFunction(() => document.querySelectorAll('main .flag-list li').length === 70);
});

await step('ten thousand flags, and five hundred a second', async () => {
  await ask('flags 10000 100000');
  await page.reload();
  await page.getByText('10,000 flags').waitFor({ timeout: 60_000 });
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const next = now => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    window.tasks_ = [];
    new PerformanceObserver(list => list.getEntries().forEach(entry => window.tasks_.push(entry.duration))).observe({ entryTypes: ['longtask'] });
  });
  await ask(`flags ${500 * loadSeconds} 500`);
  const { frames, tasks, nodes } = await page.evaluate(() => ({ frames: window.frames_, tasks: window.tasks_, nodes: document.querySelectorAll('*').length }));
  frames.sort((a, b) => a - b);
  const at = share => frames[Math.floor(share * (frames.length - 1))].toFixed(0);
  console.log(`at 500 flags/s for ${loadSeconds} s: ${frames.length} frames, median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; `
    + `tasks over 50 ms: ${tasks.length}, longest ${Math.max(0, ...tasks).toFixed(0)} ms; ${nodes} elements`);
  assert.equal(await lines.count(), 100);
  assert.ok(nodes < 3000, `${nodes} elements`);
  await page.getByLabel('Key', { exact: true }).fill('card 3');
  await page.getByText(/ of 10,000 flags match/).waitFor();
});

assert.deepEqual(complaints, [], 'errors on the console');
assert.deepEqual(outside, [], 'requests to the outside');
await browser.close();
leave();
console.log('all ok');
