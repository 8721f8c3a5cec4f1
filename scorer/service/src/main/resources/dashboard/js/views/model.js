/** The model that scores: what its card says. */

import { get, ofPipeline } from '../api.js';
import { empty, h } from '../dom.js';
import { age, count, number, seconds } from '../format.js';

function list(values) {
  return h('dl', { class: 'facts' }, ...Object.entries(values).flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value)]));
}

function section(title, ...content) {
  const id = title.toLowerCase().replaceAll(' ', '-');
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), ...content);
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
    section('Fields', h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Fields' }, h('table', null,
      h('thead', null, h('tr', null, ...['Field', 'Type', 'May be missing'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', null, ...model.fields.map(field => h('tr', null, h('td', null, field.name), h('td', null, field.type), h('td', null, field.optional ? 'yes' : 'no'))))))),
    Object.keys(model.metrics).length > 0 && section('Figures', list(Object.fromEntries(Object.entries(model.metrics).map(([name, value]) => [name.replaceAll('_', ' '), number(value)])))),
    Object.keys(model.configuration).length > 0 && section('Settings', list(model.configuration)),
    Object.keys(model.versions).length > 0 && section('Libraries', list(model.versions)),
  ];
}

export function model(app) {
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  let shown = null;

  async function load() {
    try {
      const found = await get(ofPipeline(app.name, '/model'));
      shown = found.version;
      place.replaceChildren(...card(found, app.pipeline).filter(Boolean));
    } catch (error) {
      place.replaceChildren(empty('The model cannot be shown', error.message));
    }
  }

  return {
    title: 'Model',
    element: h('div', null, h('h1', null, 'Model'), place),
    load,
    beat: () => {
      if ((app.pipeline.model_version ?? null) !== shown) {
        load();
      }
    },
    reload: load,
  };
}
