/** Flags as they happen, with filter and search. */

import { get, ofPipeline } from '../api.js';
import { empty, h } from '../dom.js';
import { count } from '../format.js';
import { flagItem } from './flag-item.js';

const PAGE = 100;
/** So many lines a list holds while it grows by itself. */
const MOST_LINES = 100;
/** Where more come at once, showing which are new helps nobody. */
const MOST_FRESH = 20;
const MOST_ARRIVED = 10;
const DRAW_MILLIS = 500;
const TYPING_MILLIS = 250;

/** The same test as the API's, for flags that come by events. */
function matches(filter) {
  const q = filter.q?.trim().toLowerCase();
  return item => (!q || JSON.stringify(item).toLowerCase().includes(q))
    && (!filter.key || item.key === filter.key)
    && (!filter.field || item.event.reasons.some(reason => reason.field === filter.field))
    && (!filter.min_surprise || item.event.surprise >= Number(filter.min_surprise));
}

export function flags(app) {
  const list = h('ul', { class: 'flag-list' });
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const summary = h('p', { class: 'quiet small', role: 'status' });
  const older = h('button', { type: 'button', hidden: true, onclick: () => more() }, 'Older flags');
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => toggle() }, 'Pause');
  const fields = h('select', { name: 'field' }, h('option', { value: '' }, 'any'));
  const form = h('form', { class: 'filter', role: 'search', onsubmit: event => event.preventDefault(), oninput: () => typed() },
    h('label', null, 'Search', h('input', { name: 'q', type: 'search', placeholder: 'any text of the flag or its record' })),
    h('label', null, 'Key', h('input', { name: 'key', autocomplete: 'off' })),
    h('label', null, 'Because of', fields),
    h('label', null, 'Surprise at least, bits', h('input', { name: 'min_surprise', type: 'number', min: '0', step: 'any', inputmode: 'decimal' })),
    h('button', { type: 'reset', onclick: () => typed() }, 'Clear'), pause);

  let paused = false;
  let waiting = [];
  let passedOver = 0;
  let matching = 0;
  let held = 0;
  let next = null;
  let asked = 0;
  /** Events that came while a page of flags was asked for, which may lack their flags; null while none is. */
  let arrived = null;
  /** The ids of the lines, since a flag can come by the list and by an event. */
  let shown = new Set();
  let typing = null;
  let drawing = null;
  let isWanted = () => true;

  const line = item => flagItem(item, app.name);
  const filter = () => Object.fromEntries(new FormData(form));
  const isFiltered = () => Object.values(filter()).some(value => value !== '');

  function tell() {
    const what = isFiltered() ? `${count(matching)} of ${count(held)} flags match` : `${count(held)} flags`;
    const rest = waiting.length > 0 && paused ? `; ${count(waiting.length)} more while paused` : '';
    const over = passedOver > 0 ? `; ${count(passedOver)} came too fast to be listed` : '';
    summary.textContent = `${what}, of the latest 10,000 of all instances${rest}${over}.`;
  }

  async function load() {
    const mine = ++asked;
    isWanted = matches(filter());
    arrived = [];
    try {
      const page = await get(ofPipeline(app.name, '/flags'), { ...filter(), limit: PAGE });
      if (mine !== asked) {
        return;
      }
      waiting = [];
      passedOver = 0;
      ({ matching, held } = page);
      next = page.next;
      older.hidden = next == null;
      shown = new Set(page.items.map(item => item.id));
      list.replaceChildren(...page.items.map(line));
      late().forEach(add);
      place.replaceChildren(page.items.length > 0 ? list : nothing(page.failure));
      tell();
    } catch (error) {
      if (mine === asked) {
        late();
        place.replaceChildren(empty('Flags cannot be shown', error.message));
      }
    }
  }

  function nothing(failure) {
    if (failure) {
      return empty('The topic of anomalies cannot be read', failure);
    }
    return isFiltered() ? empty('No flag matches', 'Clear the filter to see all of them.')
      : empty('Nothing has been flagged yet', `At an alarm rate of ${app.pipeline?.alarm_rate ?? 'the model’s own'}, flags appear here as they happen.`);
  }

  async function more() {
    try {
      const page = await get(ofPipeline(app.name, '/flags'), { ...filter(), limit: PAGE, before: next });
      next = page.next;
      older.hidden = next == null;
      page.items.forEach(item => shown.add(item.id));
      list.append(...page.items.map(line));
    } catch (error) {
      summary.textContent = error.message;
    }
  }

  function late() {
    const events = arrived;
    arrived = null;
    return events;
  }

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(load, TYPING_MILLIS);
  }

  function toggle() {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    pause.textContent = paused ? 'Paused' : 'Pause';
    draw();
  }

  function add(fresh) {
    arrived = arrived && [...arrived, fresh].slice(-MOST_ARRIVED);
    held = fresh.held;
    passedOver += fresh.passed_over;
    const wanted = fresh.items.filter(item => isWanted(item) && !shown.has(item.id));
    wanted.forEach(item => shown.add(item.id));
    matching = isFiltered() ? Math.min(held, matching + wanted.length) : held;
    waiting = [...wanted, ...waiting].slice(0, MOST_LINES);
    drawing ??= setTimeout(draw, DRAW_MILLIS);
  }

  function draw() {
    drawing = null;
    if (!paused && waiting.length > 0) {
      const items = waiting.map(line);
      if (items.length <= MOST_FRESH) {
        items.forEach(item => item.classList.add('fresh'));
      }
      waiting = [];
      list.prepend(...items);
      while (list.children.length > MOST_LINES) {
        shown.delete(list.lastChild.dataset.id);
        list.lastChild.remove();
        older.hidden = true;
      }
      if (!list.isConnected) {
        place.replaceChildren(list);
      }
    }
    tell();
  }

  async function start() {
    await load();
    const card = await get(ofPipeline(app.name, '/model')).catch(() => null);
    for (const field of card?.fields ?? []) {
      const parts = field.type === 'timestamp' ? ['.hour', '.weekday'] : field.type === 'ignored' ? [] : [''];
      fields.append(...parts.map(part => h('option', { value: field.name + part }, field.name + part)));
    }
  }

  return {
    title: 'Flags',
    element: h('div', null, h('h1', null, 'Flags'), h('section', { class: 'card', 'aria-label': 'Flags' }, form, summary, place, older)),
    load: start,
    flags: add,
    reload: load,
    close: () => {
      clearTimeout(typing);
      clearTimeout(drawing);
    },
  };
}
