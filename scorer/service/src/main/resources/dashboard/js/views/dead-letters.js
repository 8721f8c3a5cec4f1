/** What could not be scored, by reason. */

import { get, ofPipeline } from '../api.js';
import { empty, h } from '../dom.js';
import { age, clock, count } from '../format.js';

const AGAIN_MILLIS = 3000;

const STEPS = {
  parse: 'not JSON, or too large',
  encode: 'a field is absent, of another type or out of range',
  score: 'the model gave no score',
};

function row({ step, reason, count: many, latest }) {
  return h('tr', null,
    h('td', { class: 'number' }, count(many)),
    h('td', null, h('span', { title: STEPS[step] }, step)),
    h('td', null, reason,
      h('details', null, h('summary', { class: 'small quiet' }, `The latest: partition ${latest.partition}, offset ${latest.offset}, ${clock(latest.timestamp)}`),
        h('p', { class: 'small' }, `Key ${latest.key ?? 'none'}, ${count(latest.value_bytes)} bytes`),
        h('pre', { tabindex: '0' }, latest.value ?? 'no value'))),
    h('td', null, age(latest.timestamp)));
}

export function deadLetters(app) {
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  let drawn = '';

  async function load() {
    try {
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
          h('thead', null, h('tr', null, h('th', { scope: 'col', class: 'number' }, 'Count'), ...['Step', 'Reason', 'Latest'].map(name => h('th', { scope: 'col' }, name)))),
          h('tbody', null, ...found.items.map(row)))));
    } catch (error) {
      place.replaceChildren(empty('Dead letters cannot be shown', error.message));
    }
  }

  const again = setInterval(load, AGAIN_MILLIS);
  return {
    title: 'Dead letters',
    element: h('div', null, h('h1', null, 'Dead letters'), h('section', { class: 'card', 'aria-label': 'Dead letters' }, place)),
    load,
    close: () => clearInterval(again),
  };
}
