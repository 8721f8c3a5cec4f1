/** Whether what comes is still like the training data, field by field, and whether all keys still come. */

import { get, ofPipeline } from '../api.js';
import { empty, h, s } from '../dom.js';
import { count, instant, number, percent, several } from '../format.js';

const AGAIN_MILLIS = 3000;
const MOST_SILENT = 20;
const TONES = { stable: 'good', drifting: 'warn', drifted: 'bad' };
const WIDTH = 420;
const HEIGHT = 64;

/** The shares in training as outlines, those of the last window as bars. */
function shares({ field, cells }) {
  const most = Math.max(...cells.map(cell => Math.max(cell.usual, cell.now ?? 0)), 1e-9);
  const step = WIDTH / cells.length;
  const height = share => (share / most) * (HEIGHT - 4);
  const moved = cells.reduce((worst, cell) => (Math.abs((cell.now ?? 0) - cell.usual) > Math.abs((worst.now ?? 0) - worst.usual) ? cell : worst), cells[0]);
  const label = cells[0].now == null
    ? `${field}: the shares of its values in training; no window has been compared yet`
    : `${field}: the shares of its values now and in training. The greatest difference: ${moved.label}, ${percent(moved.now)} now, ${percent(moved.usual)} in training`;
  return s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label, width: '100%' },
    ...cells.map((cell, index) => s('g', null,
      s('title', null, `${cell.label}: ${cell.now == null ? 'not compared yet' : `${percent(cell.now)} now`}, ${percent(cell.usual)} in training`),
      s('rect', { x: index * step, y: 0, width: step, height: HEIGHT, fill: 'transparent' }),
      cell.now != null && s('rect', { x: index * step + 1, width: Math.max(1, step - 2), y: HEIGHT - height(cell.now), height: height(cell.now), fill: 'var(--series)' }),
      s('path', { d: `M${index * step},${HEIGHT - height(cell.usual)}h${step}`, stroke: 'var(--reference)', 'stroke-width': 2, fill: 'none' }))));
}

function row(field) {
  const index = field.population_stability_index;
  return h('tr', null,
    h('th', { scope: 'row' }, field.field),
    h('td', { class: TONES[field.state] }, index == null ? 'not compared yet' : field.state, field.instance && h('div', { class: 'small quiet' }, `by ${field.instance}`)),
    h('td', { class: 'number' }, number(index), index != null && h('div', { class: 'small quiet' }, `by chance in ${percent(field.chance)}`)),
    h('td', { class: 'number' }, field.missing == null ? '–' : percent(field.missing), h('div', { class: 'small quiet' }, `${percent(field.usually_missing)} in training`)),
    h('td', { class: 'drift-shares' }, shares(field), field.sentence && h('p', { class: 'small' }, field.sentence)));
}

function summary(found) {
  const { scores } = found;
  const because = found.retrain_because_of;
  return [
    because.length > 0 && h('p', { class: 'card bad', role: 'status' }, h('strong', null, 'Retraining is recommended'), `, because of ${because.join(', ')}: train on newer records.`),
    h('dl', { class: 'tiles', 'aria-label': 'Drift' },
      h('div', { class: 'tile' }, h('dt', null, 'State'), h('dd', { class: TONES[found.state] }, found.windows === 0 && found.state === 'stable' ? 'not compared yet' : found.state,
        h('small', null, `${count(found.seen)} of ${count(found.window)} records of the current window`))),
      h('div', { class: 'tile' }, h('dt', null, 'Scores'), h('dd', { class: TONES[scores.state] }, scores.state,
        h('small', null, `evidence ${number(scores.evidence)}${scores.instance ? ` by ${scores.instance}` : ''}; drifting from 100, drifted from 1,000`))),
      h('div', { class: 'tile' }, h('dt', null, 'Windows'), h('dd', null, count(found.windows), h('small', null, `with model ${found.model_version}`)))),
  ];
}

function whose({ instances: { contributed, silent } }) {
  return [contributed > 1 && `Bars are of ${several(contributed, 'instance')} together; state and figures of the one to which a field is the most unlike training.`,
    silent.length > 0 && `Silent, and not counted in: ${silent.join(', ')}.`].filter(Boolean).join(' ');
}

/** Keys that are silent against their own habit. */
function silentKeys({ items, silent, topic, failure }) {
  return h('section', { class: 'card', 'aria-labelledby': 'silent-keys' }, h('h2', { id: 'silent-keys' }, 'Silent keys'),
    failure && h('p', { class: 'warn' }, failure),
    h('p', { class: 'quiet small' }, silent === 0 ? `No key is silent against its habit. The topic ${topic} tells when one is.`
      : `${several(silent, 'key')} silent against ${silent === 1 ? 'its' : 'their'} own habit; the topic ${topic} has all.`),
    items.length > 0 && h('ul', null, ...items.map(({ event }) => h('li', null, event.sentence, ' ', h('span', { class: 'small quiet' }, `last seen ${instant(event.since)}`)))));
}

export function drift(app) {
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const keys = h('div', null);
  let drawn = '';
  let drawnKeys = '';

  async function loadKeys() {
    try {
      const found = await get(ofPipeline(app.name, '/silences'), { state: 'silent', limit: MOST_SILENT });
      const state = JSON.stringify(found);
      if (state !== drawnKeys) {
        drawnKeys = state;
        keys.replaceChildren(silentKeys(found));
      }
    } catch (error) {
      drawnKeys = '';
      // Where nobody looks for silent keys, there is nothing to show.
      keys.replaceChildren(...(error.status === 409 ? [] : [empty('Silent keys cannot be shown', error.message)]));
    }
  }

  async function load() {
    await Promise.all([loadFields(), loadKeys()]);
  }

  async function loadFields() {
    try {
      const found = await get(ofPipeline(app.name, '/drift'));
      const state = JSON.stringify(found);
      if (state === drawn) {
        return;
      }
      drawn = state;
      if (found.state === 'off') {
        place.replaceChildren(h('section', { class: 'card' }, empty('Drift is not watched', `${found.reason[0].toUpperCase()}${found.reason.slice(1)}.`)));
        return;
      }
      place.replaceChildren(...summary(found).filter(Boolean),
        h('section', { class: 'card', 'aria-labelledby': 'drift-fields' }, h('h2', { id: 'drift-fields' }, 'Fields'),
          h('p', { class: 'quiet small' }, `Bars: the last window, lines: training. ${whose(found)} The topic ${found.topic} has the changes that each instance found.`),
          h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Drift by field' }, h('table', null,
            h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Field'), h('th', { scope: 'col' }, 'State'),
              h('th', { scope: 'col', class: 'number' }, 'Stability index'), h('th', { scope: 'col', class: 'number' }, 'Missing'), h('th', { scope: 'col' }, 'Shares of values'))),
            h('tbody', null, ...found.fields.map(row))))));
    } catch (error) {
      drawn = '';
      place.replaceChildren(empty('Drift cannot be shown', error.message));
    }
  }

  const again = setInterval(load, AGAIN_MILLIS);
  return {
    title: 'Drift',
    element: h('div', null, h('h1', null, 'Drift'), place, keys),
    load,
    reload: load,
    close: () => clearInterval(again),
  };
}
