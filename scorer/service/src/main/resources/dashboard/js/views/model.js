/** The model that scores: its card and training, its shadow, its versions, and which of them is to score. */

import { get, ofPipeline, post } from '../api.js';
import { confirmed } from '../confirm.js';
import { empty, h } from '../dom.js';
import { age, clock, count, number, percent, seconds, several } from '../format.js';
import { curvePlot, latentPlot, shadowPlot } from '../plots.js';

const SHADOW_BEATS = 3;
const MAP_MILLIS = 5000;

function list(values) {
  return h('dl', { class: 'facts' }, ...Object.entries(values).flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value)]));
}

function section(title, ...content) {
  const id = title.toLowerCase().replaceAll(' ', '-');
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), ...content);
}

function table(name, heads, rows) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name }, h('table', null,
    h('thead', null, h('tr', null, ...heads.map(head => h('th', { scope: 'col' }, head)))), h('tbody', null, ...rows)));
}

function card(model, pipeline) {
  return [
    section('What it is', list({
      Version: h('code', null, model.version),
      Trained: `${age(Date.parse(model.trained_at))}, ${model.trained_at}, in ${seconds(model.training_seconds)}`,
      Records: `fitted to ${count(model.training_rows)}, calibrated on ${count(model.calibration_rows)}`,
      Score: `negative ${model.score.replaceAll('_', ' ')}`,
      'Alarm rate': `${pipeline?.alarm_rate ?? model.alarm_rate} in use; its own is ${model.alarm_rate}, the finest it can hold ${number(model.finest_alarm_rate)}`,
      Seed: String(model.seed),
      'Training data': h('code', null, model.data_fingerprint || 'unknown'),
    })),
    section('Fields', table('Fields', ['Field', 'Type', 'May be missing'],
      model.fields.map(field => h('tr', null, h('td', null, field.name), h('td', null, field.type), h('td', null, field.optional ? 'yes' : 'no'))))),
    Object.keys(model.metrics).length > 0 && section('Figures', list(Object.fromEntries(Object.entries(model.metrics).map(([name, value]) => [name.replaceAll('_', ' '), number(value)])))),
    Object.keys(model.configuration).length > 0 && section('Settings', list(model.configuration)),
    Object.keys(model.versions).length > 0 && section('Libraries', list(model.versions)),
  ].filter(Boolean);
}

function comparison({ model, comparison: found }, serving) {
  if (!found || found.records === 0) {
    return [h('p', { class: 'quiet' }, `${model.version} scores the same records as ${serving} without flagging. As soon as both have scored some, they are compared here.`)];
  }
  const share = part => `${count(part)} (${percent(part / found.records)})`;
  return [h('div', { class: 'halves' },
    list({
      Shadow: h('span', null, h('code', null, model.version), `, trained ${age(Date.parse(model.trained_at))}`),
      'Compared on': `${count(found.records)} records since ${clock(Date.parse(found.since))}, by ${several(found.instances.contributed, 'instance')}${found.instances.silent.length > 0 ? `, without ${found.instances.silent.join(', ')}, of which nothing is heard` : ''}`,
      'Flagged by the model': share(found.flagged_by_model),
      'By the shadow': share(found.flagged_by_shadow),
      'By both': share(found.flagged_by_both),
      'Agree on flags': `${percent(found.agreement)} of the records`,
      Surprise: `${number(found.mean_surprise)} bits on average by the model, ${number(found.shadow_mean_surprise)} by the shadow`,
      Correlation: number(found.correlation),
      ...(found.refused_by_model + found.refused_by_shadow > 0
        && { 'Refused by one only': `${count(found.refused_by_model)} by the model, ${count(found.refused_by_shadow)} by the shadow` }),
    }),
    shadowPlot(found.bins))];
}

function versions(history, act) {
  if (!history.changeable) {
    return [h('p', { class: 'quiet' }, 'The model comes from the file ', h('code', null, history.source),
      '. Replace the file to change it; a model that is published (topic:NAME) can be promoted and rolled back here.')];
  }
  const row = (model, role, ...deeds) => h('tr', null,
    h('td', null, h('code', null, model.version)), h('td', null, role), h('td', null, age(Date.parse(model.published))),
    h('td', { class: 'number' }, `${count(model.bytes / 1024)} KiB`), h('td', null, h('span', { class: 'deeds' }, ...deeds)));
  const button = (text, version, deed) => h('button', { type: 'button', 'aria-label': `${text} ${version}`, onclick: deed }, text);
  const rows = [];
  if (history.shadow) {
    const { version } = history.shadow;
    rows.push(row(history.shadow, 'shadow',
      button('Promote', version, () => act('/model/promote', {}, `Promote ${version}?`,
        `${version} will score and flag instead of ${history.serving?.version ?? 'nothing'}, in all instances, within a second. You can roll back.`, 'Promote', `${version} is promoted.`)),
      button('Discard', version, () => act('/model/promote', { discard: true }, `Discard the shadow ${version}?`,
        'It will no longer score beside the model. To compare it again, publish it again.', 'Discard', `The shadow ${version} is discarded.`))));
  }
  if (history.serving) {
    rows.push(row(history.serving, 'scores'));
  }
  for (const { version, ...rest } of history.previous) {
    rows.push(row({ version, ...rest }, 'earlier',
      button('Roll back to', version, () => act('/model/rollback', { version }, `Roll back to ${version}?`,
        `${version} will score and flag again instead of ${history.serving?.version}, in all instances, within a second. Versions after it leave this list; publish one again to use it.`,
        'Roll back', `Rolled back to ${version}.`))));
  }
  return rows.length > 0 ? [table('Versions', ['Version', 'Role', 'Published', 'Size', 'Change'], rows)]
    : [h('p', { class: 'quiet' }, `Nothing is published yet as ${history.source}.`)];
}

export function model(app) {
  const places = Object.fromEntries(['history', 'shadow', 'curve', 'map', 'card'].map(name => [name, h('div')]));
  const told = h('p', { role: 'status', class: 'told' });
  let shown = null;
  let beats = 0;
  let mapped = 0;

  const state = () => `${app.pipeline?.model_version ?? ''} ${app.pipeline?.shadow_version ?? ''}`;
  const path = rest => ofPipeline(app.name, rest);

  /** Each part by itself: one that cannot be shown leaves the others alone. */
  async function part(place, asked, title, draw) {
    try {
      place.replaceChildren(section(title, ...draw(await get(path(asked)))));
    } catch (error) {
      place.replaceChildren(section(title, h('p', { class: 'quiet' }, error.message)));
    }
  }

  async function loadShadow() {
    await part(places.shadow, '/model/shadow', 'Shadow', found => (found.model ? comparison(found, app.pipeline?.model_version ?? 'the model')
      : [h('p', { class: 'quiet' }, 'There is none any more.')]));
    if (app.pipeline?.shadow_version == null) {
      places.shadow.replaceChildren();
    }
  }

  function loadMap() {
    mapped = Date.now();
    return part(places.map, '/model/latent-map', 'Latent map', found => [latentPlot(found)]);
  }

  async function act(rest, body, title, text, deed, done) {
    if (!await confirmed(title, text, deed)) {
      return;
    }
    told.className = 'told';
    told.textContent = 'Changing …';
    try {
      await post(path(rest), body);
      told.textContent = `${done} Scorers take it up within a second.`;
      await load();
    } catch (error) {
      told.className = 'told bad';
      told.textContent = error.message;
    }
  }

  async function load() {
    shown = state();
    await Promise.all([
      part(places.history, '/model/history', 'Versions', found => versions(found, act)),
      app.pipeline?.shadow_version == null ? places.shadow.replaceChildren() : loadShadow(),
      part(places.curve, '/model/training-curve', 'Training', found => [curvePlot(found.fits)]),
      loadMap(),
      get(path('/model')).then(found => places.card.replaceChildren(...card(found, app.pipeline)),
        error => places.card.replaceChildren(empty('The model cannot be shown', error.message))),
    ]);
  }

  return {
    title: 'Model',
    element: h('div', null, h('h1', null, 'Model'), told, places.history, places.shadow,
      h('div', { class: 'halves' }, places.curve, places.map), places.card),
    load,
    beat: () => {
      beats++;
      if (state() !== shown) {
        load();
      } else if (app.pipeline?.shadow_version != null && beats % SHADOW_BEATS === 0) {
        loadShadow();
      }
    },
    flags: () => {
      if (Date.now() - mapped > MAP_MILLIS) {
        loadMap();
      }
    },
    reload: load,
  };
}
