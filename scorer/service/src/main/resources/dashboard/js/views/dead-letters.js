/** What could not be scored, by reason, and sending it again. */

import { get, ofPipeline, post, remove } from '../api.js';
import { confirmed } from '../confirm.js';
import { empty, h } from '../dom.js';
import { age, clock, count, percent } from '../format.js';

const AGAIN_MILLIS = 3000;
const PROGRESS_MILLIS = 400;

const STEPS = {
  parse: 'not JSON, or too large',
  encode: 'a field is absent, of another type or out of range',
  score: 'the model gave no score',
};

function row({ step, reason, count: many, latest }, sendAgain) {
  return h('tr', null,
    h('td', { class: 'number' }, count(many)),
    h('td', null, h('span', { title: STEPS[step] }, step)),
    h('td', null, reason,
      h('details', null, h('summary', { class: 'small quiet' }, `The latest: partition ${latest.partition}, offset ${latest.offset}, ${clock(latest.timestamp)}`),
        h('p', { class: 'small' }, `Key ${latest.key ?? 'none'}, ${count(latest.value_bytes)} bytes`),
        h('pre', { tabindex: '0' }, latest.value ?? 'no value'))),
    h('td', null, age(latest.timestamp)),
    h('td', null, h('button', { type: 'button', 'aria-label': `Send again: ${reason}`, onclick: () => sendAgain({ step, reason }) }, 'Send again …')));
}

const plural = many => `${count(many)} ${many === 1 ? 'record' : 'records'}`;

/** What a replay sends or would send, and what it leaves out, in words. */
function outcome({ sent_to: to, left_out: left }) {
  const parts = Object.entries(to).map(([where, many]) => `${plural(many)} to ${where}`);
  const out = Object.entries(left).filter(([why]) => !why.startsWith('are of another') && !why.startsWith('have another'))
    .map(([why, many]) => `${plural(many)} that ${why}`);
  return `${parts.join(', ') || 'nothing'}${out.length > 0 ? `; left out: ${out.join(', ')}` : ''}`;
}

function replayRow(replay, cancel) {
  const running = replay.state === 'running';
  const share = replay.range > 0 ? replay.read / replay.range : 0;
  const what = replay.reason ?? (replay.step ? `step ${replay.step}` : `all of ${replay.from}`);
  return h('tr', null,
    h('td', null, clock(Date.parse(replay.started))),
    h('td', null, what),
    h('td', null, running
      ? [h('progress', { max: 1, value: share, 'aria-label': `Progress: ${what}` }), ` ${percent(share)}${replay.dry_run ? ', only looking' : ''}`]
      : h('span', { class: replay.state === 'failed' ? 'bad' : '' }, replay.state)),
    h('td', null, outcome(replay),
      replay.failure && h('p', { class: 'bad small' }, replay.failure),
      !running && replay.rest && h('p', { class: 'quiet small' }, 'Not looked at: the offsets ', h('code', null, replay.rest))),
    h('td', null, running && h('button', { type: 'button', 'aria-label': `Cancel: ${what}`, onclick: () => cancel(replay) }, 'Cancel')));
}

export function deadLetters(app) {
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const told = h('p', { role: 'status', class: 'told' });
  const replays = h('div');
  let drawn = '';
  let drawnReplays = '';
  let closed = false;
  let soon = null;

  const path = (rest = '') => ofPipeline(app.name, `/replays${rest}`);
  const pause = () => new Promise(resolve => { soon = setTimeout(resolve, PROGRESS_MILLIS); });

  /** What ran, without the looks before it. */
  async function loadReplays() {
    const found = (await get(path())).filter(each => !each.dry_run || each.state === 'running');
    const state = JSON.stringify(found);
    if (state === drawnReplays) {
      return;
    }
    drawnReplays = state;
    replays.replaceChildren(...(found.length === 0 ? [] : [h('section', { class: 'card', 'aria-labelledby': 'replays' }, h('h2', { id: 'replays' }, 'Sent again'),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Replays' }, h('table', null,
        h('thead', null, h('tr', null, ...['Started', 'What', 'State', 'Sent', 'Action'].map(name => h('th', { scope: 'col' }, name)))),
        h('tbody', null, ...found.map(each => replayRow(each, cancel))))))]));
  }

  async function cancel({ id }) {
    try {
      await remove(path(`/${id}`));
      await loadReplays();
    } catch (error) {
      told.textContent = error.message;
    }
  }

  /** Starts a replay and follows it to its end; null where the page is left before. */
  async function run(wanted) {
    let replay = await post(path(), wanted);
    while (replay.state === 'running') {
      await loadReplays();
      await pause();
      if (closed) {
        return null;
      }
      replay = await get(path(`/${replay.id}`));
    }
    await loadReplays();
    return replay;
  }

  /** Looks first what would be sent, and asks. */
  async function sendAgain(which) {
    try {
      told.textContent = 'Looking what there is to send …';
      const dry = await run({ ...which, dry_run: true });
      if (dry == null) {
        return;
      }
      told.textContent = '';
      if (dry.state !== 'done') {
        told.textContent = dry.failure ?? 'Nothing is sent: the look was cancelled.';
        return;
      }
      if (dry.sent === 0) {
        told.textContent = `There is nothing to send: ${outcome(dry)}.`;
        return;
      }
      if (!await confirmed(`Send ${plural(dry.sent)} again?`,
        `${outcome(dry)}. They are scored again, and what still cannot be scored comes back here: mend the model or the sender first. What was sent again before is sent once more.`, 'Send again')) {
        return;
      }
      const done = await run(which);
      if (done != null) {
        told.textContent = done.state === 'done' ? `Sent ${plural(done.sent)} again.` : done.failure ?? `Cancelled; sent ${plural(done.sent)} again.`;
      }
    } catch (error) {
      told.textContent = error.message;
    }
  }

  async function load() {
    try {
      await loadReplays();
      const found = await get(ofPipeline(app.name, '/dead-letters/reasons'));
      const state = JSON.stringify(found);
      // What somebody has folded out stays so while nothing changes.
      if (state === drawn) {
        return;
      }
      drawn = state;
      if (found.items.length === 0) {
        place.replaceChildren(empty(found.failure ? 'The topic of dead letters cannot be read' : 'No dead letters',
          found.failure ?? 'Every record could be scored.'));
        return;
      }
      place.replaceChildren(
        h('p', { class: 'quiet small' }, `Of the latest ${count(found.held)} dead letters of all instances; the topic ${app.pipeline?.dead_letters_topic ?? 'of dead letters'} has them all.`),
        h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Dead letters by reason' }, h('table', null,
          h('thead', null, h('tr', null, h('th', { scope: 'col', class: 'number' }, 'Count'), ...['Step', 'Reason', 'Latest', 'Action'].map(name => h('th', { scope: 'col' }, name)))),
          h('tbody', null, ...found.items.map(each => row(each, sendAgain))))));
    } catch (error) {
      place.replaceChildren(empty('Dead letters cannot be shown', error.message));
    }
  }

  const again = setInterval(load, AGAIN_MILLIS);
  return {
    title: 'Dead letters',
    element: h('div', null, h('h1', null, 'Dead letters'), told, replays, h('section', { class: 'card', 'aria-label': 'Dead letters' }, place)),
    load,
    close: () => {
      closed = true;
      clearInterval(again);
      clearTimeout(soon);
    },
  };
}
