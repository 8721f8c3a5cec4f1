/** In one look: whether scoring is healthy, and what was flagged last. */

import { get, ofPipeline } from '../api.js';
import { TimeChart, distribution } from '../charts.js';
import { empty, h } from '../dom.js';
import { count, percent, rate, seconds, several } from '../format.js';
import { flagItem } from './flag-item.js';

const LATEST = 8;
const MINUTE = 60;

function tile(name, value, note, tone) {
  return h('div', { class: 'tile' }, h('dt', null, name), h('dd', { class: tone }, value, note && h('small', null, note)));
}

function sum(samples, of) {
  return samples.reduce((total, sample) => total + of(sample), 0);
}

function tiles({ pipeline, samples }) {
  if (!pipeline) {
    return [];
  }
  const now = samples[samples.length - 1];
  const lastMinute = samples.slice(-MINUTE);
  const records = sum(lastMinute, sample => sample.records);
  const flagShare = records > 0 ? sum(lastMinute, sample => sample.flags) / records : NaN;
  const partitions = several(Object.keys(pipeline.lag ?? {}).length, 'partition');
  const instances = pipeline.instances ?? [];
  const silent = instances.filter(instance => instance.silent).length;
  const heard = several(instances.length - silent, 'instance') + (silent > 0 ? `, ${silent} silent` : '');
  const dead = pipeline.state.endsWith('ERROR');
  const tone = pipeline.scoring ? 'good' : dead ? 'bad' : 'warn';
  return [
    tile('State', pipeline.scoring ? 'Scoring' : dead ? 'Dead' : pipeline.state.toLowerCase().replaceAll('_', ' '),
      pipeline.failure ?? `${partitions}, ${heard}`, tone),
    tile('Throughput', `${rate(now?.records ?? 0)}/s`, `${count(pipeline.records)} since the start`),
    tile('Lag', count(now?.lag ?? 0), 'records still to be scored'),
    tile('Latency', seconds(now?.latency_median), `p99 ${seconds(now?.latency_p99)}`),
    tile('Flags', count(pipeline.flags),
      `${percent(flagShare)} in the last minute, alarm rate ${pipeline.alarm_rate ?? 'unknown'}`, pipeline.can_flag === false ? 'warn' : ''),
    tile('Dead letters', count(pipeline.dead_letters), pipeline.records > 0 ? `${percent(pipeline.dead_letters / pipeline.records)} of records` : 'none', ''),
    tile('Model', pipeline.model ?? 'none yet', pipeline.model_version),
  ];
}

function state(instance) {
  if (instance.silent) {
    return ['bad', `silent for ${seconds(instance.heard_seconds_ago)}`];
  }
  return instance.scoring ? ['good', 'scoring'] : ['warn', instance.state.toLowerCase().replaceAll('_', ' ')];
}

function instanceRow(instance) {
  const [tone, text] = state(instance);
  const partitions = instance.partitions ?? [];
  return h('tr', null,
    h('th', { scope: 'row' }, instance.name, instance.answers && h('span', { class: 'small quiet' }, ' (shows this page)')),
    h('td', { class: tone }, text, instance.failure && h('div', { class: 'small' }, instance.failure)),
    h('td', { class: 'number', title: partitions.join(', ') }, count(partitions.length)),
    h('td', null, h('code', null, instance.model_version ?? 'none'), instance.shadow_version && h('div', { class: 'small quiet' }, `shadow ${instance.shadow_version}`)),
    h('td', { class: 'number' }, instance.silent ? '–' : rate(instance.records_per_second)),
    h('td', { class: 'number' }, instance.silent ? '–' : count(instance.lag)));
}

/** Who scores; what they have counted adds up in all else that is shown. */
function instanceTable() {
  const rows = h('tbody');
  const trouble = h('p', { class: 'quiet small' });
  const heading = (text, number) => h('th', { scope: 'col', class: number ? 'number' : '' }, text);
  const element = h('section', { class: 'card', 'aria-labelledby': 'instances' }, h('h2', { id: 'instances' }, 'Instances'), trouble,
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Instances' }, h('table', null,
      h('thead', null, h('tr', null, heading('Name'), heading('State'), heading('Partitions', true), heading('Model'), heading('Records/s', true), heading('Lag', true))), rows)));
  return {
    element,
    show(pipeline) {
      const instances = pipeline?.instances ?? [];
      const silent = instances.filter(instance => instance.silent).length;
      rows.replaceChildren(...instances.map(instanceRow));
      trouble.textContent = [
        silent > 0 && `Not counted in: ${several(silent, 'instance')} of which nothing has been heard for 15 s.`,
        pipeline?.instances_failure && `Others cannot be heard: ${pipeline.instances_failure}`,
      ].filter(Boolean).join(' ');
      trouble.hidden = trouble.textContent === '';
    },
  };
}

export function overview(app) {
  const charts = [
    new TimeChart('Throughput', 'records/s', [{ label: 'records/s', value: sample => sample.records, colour: 'series' }], rate),
    new TimeChart('Lag', 'records still to be scored', [{ label: 'records', value: sample => sample.lag, colour: 'series' }], count, 10),
    new TimeChart('Latency', 'from timestamp to verdict', [
      { label: 'median', value: sample => sample.latency_median ?? null, colour: 'series' },
      { label: 'p99', value: sample => sample.latency_p99 ?? null, colour: 'series-2' }], seconds, 0.01),
    new TimeChart('Flags', 'a second', [
      { label: 'flags/s', value: sample => sample.flags, colour: 'series' },
      { label: 'dead letters/s', value: sample => sample.dead_letters, colour: 'series-2' }], rate),
  ];
  const summary = h('dl', { class: 'tiles', 'aria-label': 'How scoring goes' });
  const scores = h('div');
  const instances = instanceTable();
  const latest = h('ul', { class: 'flag-list compact' });
  const place = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  /** Flags that came since the list was last asked for, which it may lack. */
  let arrived = [];
  const warning = h('p', { class: 'card warn', hidden: true },
    'The model was calibrated on too few records for this alarm rate: nothing will be flagged. Set a higher one, or train on more records.');

  function draw() {
    summary.replaceChildren(...tiles(app));
    warning.hidden = app.pipeline?.can_flag ?? true;
    charts.forEach(chart => chart.show(app.samples));
    instances.show(app.pipeline);
    scores.replaceChildren(distribution(app.distribution));
  }

  function add(items) {
    if (items.length === 0) {
      return;
    }
    arrived = [...items, ...arrived].slice(0, LATEST);
    const shown = new Set([...latest.children].map(line => line.dataset.id));
    latest.prepend(...items.filter(item => !shown.has(item.id)).slice(0, LATEST).map(item => flagItem(item, app.name)));
    while (latest.children.length > LATEST) {
      latest.lastChild.remove();
    }
    if (!latest.isConnected) {
      place.replaceChildren(latest);
    }
  }

  async function load() {
    arrived = [];
    try {
      const page = await get(ofPipeline(app.name, '/flags'), { limit: LATEST });
      latest.replaceChildren();
      if (page.items.length === 0) {
        place.replaceChildren(empty('Nothing has been flagged yet',
          `At an alarm rate of ${app.pipeline?.alarm_rate ?? 'the model’s own'}, flags appear here as they happen.`));
      }
      const late = arrived;
      add(page.items);
      add(late);
    } catch (error) {
      place.replaceChildren(empty('Flags cannot be shown', error.message));
    }
  }

  draw();
  return {
    title: 'Overview',
    element: h('div', null, h('h1', null, 'Overview'), warning, summary, h('div', { class: 'charts' }, ...charts.map(chart => chart.element)),
      h('div', { class: 'halves' }, scores, h('section', { class: 'card', 'aria-labelledby': 'latest' }, h('h2', { id: 'latest' }, 'Latest flags'), place, h('p', null, h('a', { href: '#/flags' }, 'All flags')))), instances.element),
    load,
    beat: draw,
    flags: fresh => add(fresh.items),
    reload: load,
    close: () => charts.forEach(chart => chart.close()),
  };
}
