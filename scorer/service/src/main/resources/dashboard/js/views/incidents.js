/** What is going on: flags of one key for one cause as one incident, and the rules that mute some of them. */

import { get, ofPipeline, post, remove } from '../api.js';
import { empty, h } from '../dom.js';
import { clock, count, number, seconds } from '../format.js';

const PAGE = 100;
const DRAW_MILLIS = 500;
const TYPING_MILLIS = 250;
const HOUR_MILLIS = 3600 * 1000;
const PERIODS = [[1, '1 hour'], [8, '8 hours'], [24, '1 day'], [168, '7 days'], [720, '30 days']];

function causeOf({ field, direction }) {
  return field == null ? 'unexplained' : direction == null ? field : `${field} ${direction} what is expected`;
}

/** What a rule mutes, in words. */
function ruleText(rule) {
  const parts = [
    rule.field || rule.direction ? causeOf({ field: rule.field ?? 'any field', direction: rule.direction }) : null,
    rule.key == null ? null : `key ${rule.key}`,
    rule.min_surprise == null ? null : `below ${number(rule.min_surprise)} bits`,
    rule.from == null ? null : `records from ${clock(rule.from)}`,
    rule.until == null ? null : `records before ${clock(rule.until)}`,
  ].filter(part => part != null);
  return parts.length > 0 ? parts.join(', ') : 'every flag';
}

function row({ open, event }, mute) {
  const fields = event.fields.filter(field => field !== event.field);
  const flagged = `${count(event.count)} ${event.count === 1 ? 'flag' : 'flags'}${event.muted > 0 ? ` and ${count(event.muted)} muted` : ''}`;
  return h('li', { class: 'incident', 'data-id': event.id },
    h('div', { class: 'incident-head' },
      h('strong', { class: open ? 'bad' : 'quiet' }, open ? 'Open' : 'Closed'),
      h('span', { class: 'key' }, event.key ?? `partition ${event.partition}`),
      h('span', null, causeOf(event)),
      h('span', { class: 'quiet small' }, `${flagged} in ${seconds((event.last - event.start) / 1000)}, from ${clock(event.start)} on, peak ${number(event.peak_surprise)} bits`)),
    h('p', null, h('a', { href: `#/flags/${encodeURIComponent(event.peak_flag)}` }, event.sentence || 'The flag at its peak')),
    fields.length > 0 && h('p', { class: 'quiet small' }, `Also ${fields.join(', ')}.`),
    h('button', { type: 'button', 'aria-label': `Mute ${causeOf(event)}, ${event.key ?? 'any key'}`, onclick: () => mute(event) }, 'Mute …'));
}

export function incidents(app) {
  const list = h('ul', { class: 'incident-list' });
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const summary = h('p', { class: 'quiet small', role: 'status' });
  const older = h('button', { type: 'button', hidden: true, onclick: () => more() }, 'Older incidents');
  const filterForm = h('form', { class: 'filter', role: 'search', onsubmit: event => event.preventDefault(), oninput: () => typed() },
    h('label', null, 'Show', h('select', { name: 'state' }, h('option', { value: '' }, 'open and closed'), h('option', { value: 'open' }, 'open'), h('option', { value: 'closed' }, 'closed'))),
    h('label', null, 'Search', h('input', { name: 'q', type: 'search' })),
    h('label', null, 'Key', h('input', { name: 'key', autocomplete: 'off' })),
    h('button', { type: 'reset', onclick: () => typed() }, 'Clear'));

  const rulesPlace = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const said = h('p', { class: 'small', role: 'status' });
  const input = (name, more) => h('input', { name, autocomplete: 'off', ...more });
  const ruleForm = h('form', { class: 'filter', 'aria-label': 'New mute rule', onsubmit: event => { event.preventDefault(); add(); } },
    h('label', null, 'Field', input('field', { placeholder: 'any' })),
    h('label', null, 'Direction', h('select', { name: 'direction' }, h('option', { value: '' }, 'any'), h('option', null, 'above'), h('option', null, 'below'))),
    h('label', null, 'Key of the records', input('key', { placeholder: 'any' })),
    h('label', null, 'But not from so many bits on', input('min_surprise', { type: 'number', min: '0', step: 'any', inputmode: 'decimal', placeholder: 'none' })),
    h('label', null, 'For', h('select', { name: 'hours' }, ...PERIODS.map(([hours, text]) => h('option', { value: hours, selected: hours === 24 }, text)))),
    h('label', null, 'Note', input('note')),
    h('label', { class: 'check' }, h('input', { name: 'everything', type: 'checkbox' }), 'really every flag, where nothing else is named'),
    h('button', { type: 'submit' }, 'Mute'));

  let items = new Map();
  let next = null;
  let asked = 0;
  let typing = null;
  let drawing = null;

  const filter = () => Object.fromEntries(new FormData(filterForm));

  function draw() {
    drawing = null;
    const lines = [...items.values()];
    list.replaceChildren(...lines.map(each => row(each, prepare)));
    if (lines.length === 0) {
      place.replaceChildren(empty('No incidents', 'Flags of one key for the same cause, close in time, are one incident.'));
    } else if (!list.isConnected) {
      place.replaceChildren(list);
    }
  }

  async function load() {
    const mine = ++asked;
    loadRules();
    try {
      const page = await get(ofPipeline(app.name, '/incidents'), { ...filter(), limit: PAGE });
      if (mine !== asked) {
        return;
      }
      items = new Map(page.items.map(item => [item.id, item]));
      next = page.next ?? null;
      older.hidden = next == null;
      summary.textContent = `${count(page.matching)} of ${count(page.held)} incidents of all instances, ${count(page.open)} open.`;
      draw();
      if (page.failure && page.items.length === 0) {
        place.replaceChildren(empty('Incidents cannot be read', page.failure));
      }
    } catch (error) {
      if (mine === asked) {
        place.replaceChildren(empty(error.status === 409 ? 'There are no incidents' : 'Incidents cannot be shown', error.message));
      }
    }
  }

  async function more() {
    try {
      const page = await get(ofPipeline(app.name, '/incidents'), { ...filter(), limit: PAGE, before: next });
      page.items.forEach(item => items.has(item.id) || items.set(item.id, item));
      next = page.next ?? null;
      older.hidden = next == null;
      draw();
    } catch (error) {
      summary.textContent = error.message;
    }
  }

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(load, TYPING_MILLIS);
  }

  async function loadRules() {
    try {
      const rules = await get(ofPipeline(app.name, '/rules'));
      rulesPlace.replaceChildren(rules.length === 0 ? h('p', { class: 'quiet' }, 'Nothing is muted.')
        : h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Mute rules' }, h('table', null,
          h('thead', null, h('tr', null, ...['Mutes', 'Until', 'Note'].map(name => h('th', { scope: 'col' }, name)), h('th', { scope: 'col' }, h('span', { class: 'hidden-text' }, 'Change')))),
          h('tbody', null, ...rules.map(rule => h('tr', null,
            h('td', null, ruleText(rule)),
            h('td', null, clock(rule.expires), !rule.active && ' (over)'),
            h('td', null, rule.note ?? ''),
            h('td', null, h('button', { type: 'button', 'aria-label': `Unmute ${ruleText(rule)}`, onclick: () => unmute(rule) }, 'Unmute'))))))));
    } catch (error) {
      rulesPlace.replaceChildren(h('p', { class: 'quiet' }, error.message));
    }
  }

  /** Proposes the rule that mutes an incident. */
  function prepare({ field, direction, key }) {
    ruleForm.reset();
    ruleForm.elements.field.value = field ?? '';
    ruleForm.elements.direction.value = direction ?? '';
    ruleForm.elements.key.value = key ?? '';
    said.textContent = '';
    ruleForm.scrollIntoView({ block: 'center' });
    ruleForm.elements.field.focus();
  }

  async function add() {
    const { hours, min_surprise: bits, everything, ...texts } = Object.fromEntries(new FormData(ruleForm));
    const rule = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
    rule.expires = Date.now() + Number(hours) * HOUR_MILLIS;
    if (bits !== '') {
      rule.min_surprise = Number(bits);
    }
    if (everything) {
      rule.everything = true;
    }
    try {
      const added = await post(ofPipeline(app.name, '/rules'), rule);
      said.textContent = `Muted: ${ruleText(added)}, until ${clock(added.expires)}.`;
      ruleForm.reset();
      await loadRules();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  async function unmute(rule) {
    try {
      await remove(ofPipeline(app.name, `/rules/${encodeURIComponent(rule.id)}`));
      said.textContent = `No longer muted: ${ruleText(rule)}.`;
    } catch (error) {
      said.textContent = error.message;
    }
    await loadRules();
  }

  /** What comes by events is put in front; where a filter may say otherwise, the API is asked. */
  function take({ items: fresh }) {
    if (Object.values(filter()).some(value => value !== '')) {
      typed();
      return;
    }
    const ids = new Set(fresh.map(item => item.id));
    const kept = [...items.values()].filter(item => !ids.has(item.id)).slice(0, Math.max(0, PAGE - fresh.length));
    items = new Map([...fresh, ...kept].map(item => [item.id, item]));
    drawing ??= setTimeout(draw, DRAW_MILLIS);
  }

  return {
    title: 'Incidents',
    element: h('div', null, h('h1', null, 'Incidents'),
      h('section', { class: 'card', 'aria-label': 'Incidents' }, filterForm, summary, place, older),
      h('section', { class: 'card', 'aria-labelledby': 'mute' }, h('h2', { id: 'mute' }, 'Muted'),
        h('p', { class: 'quiet small' }, 'A muted flag stays among the flags, marked with the rule; it opens no incident.'), rulesPlace, ruleForm, said)),
    load,
    reload: load,
    incidents: take,
    close: () => {
      clearTimeout(typing);
      clearTimeout(drawing);
      ++asked;
    },
  };
}
