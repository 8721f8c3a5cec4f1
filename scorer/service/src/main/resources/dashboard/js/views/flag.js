/** One flag: why, the record, and the records of the same key around it. */

import { get, ofPipeline } from '../api.js';
import { intervalPlot, surprisePlot } from '../charts.js';
import { empty, h } from '../dom.js';
import { clock, instant, number } from '../format.js';
import { latentPlot } from '../plots.js';
import { labelForm } from './label.js';

function reasonOf(reason) {
  const hasInterval = [reason.seen, reason.expected, reason.low, reason.high].every(value => typeof value === 'number');
  const seen = reason.seen == null ? 'a value never seen in training' : String(reason.seen);
  return h('div', { class: 'reason' },
    h('div', null, h('h3', null, reason.field), h('p', { class: 'quiet small' }, `${number(reason.surprise)} nats above what is usual`)),
    h('div', null, h('p', null, reason.sentence),
      hasInterval ? intervalPlot(reason)
        : h('p', { class: 'small' }, 'Seen ', h('strong', null, seen), ', expected ', h('strong', null, String(reason.expected ?? '–')))));
}

function facts(flag) {
  const { event } = flag;
  const rows = {
    'Time of the record': instant(event.timestamp),
    Key: flag.key ?? 'none',
    Place: `${event.topic}, partition ${event.partition}, offset ${event.offset}`,
    Surprise: `${number(event.surprise)} bits: ${number(event.p_value * 100)} % of normal records score as high`,
    Score: `${number(event.score)} nats`,
    'Alarm rate': number(event.alarm_rate),
    Model: `${event.model} ${event.model_version}`,
    ...(event.muted && { 'Muted by rule': event.muted }),
  };
  return h('dl', { class: 'facts' }, ...Object.entries(rows).flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value)]));
}

function neighbours(found, flag) {
  if (found.items.length === 0) {
    return empty('The record is gone from its topic', 'Its retention time is over, so its neighbours cannot be shown.');
  }
  const isThis = each => each.offset === flag.event.offset;
  if (found.items.length === 1) {
    return h('p', { class: 'quiet' }, flag.key == null ? 'The record has no key, so no other records belong to it.' : 'No other record of this key is near.');
  }
  return h('div', null,
    h('p', { class: 'quiet small' }, `Records with the key ${flag.key}, scored now by model ${found.model_version}.`),
    surprisePlot(found.items, isThis),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Records of the same key' }, h('table', null,
      h('thead', null, h('tr', null, ...['Time', 'Offset'].map(name => h('th', { scope: 'col' }, name)), h('th', { scope: 'col', class: 'number' }, 'Bits'), h('th', { scope: 'col' }, 'Record'))),
      h('tbody', null, ...found.items.map(each => h('tr', { class: isThis(each) ? 'current-row' : null },
        h('td', null, clock(each.timestamp)),
        h('td', null, String(each.offset), isThis(each) && ' (this one)'),
        h('td', { class: `number ${each.anomaly ? 'bad' : ''}` }, each.surprise == null ? 'none' : number(each.surprise)),
        h('td', null, h('code', { class: 'small' }, each.reason ? `${each.reason}: ${each.record ?? ''}` : each.record ?? ''))))))));
}

export function flag(app, id) {
  const body = h('div', null, h('p', { class: 'quiet' }, 'Loading …'));
  const map = h('div', null, h('p', { class: 'quiet' }, 'Looking for it on the map …'));
  const near = h('div', null, h('p', { class: 'quiet' }, 'Looking for records of the same key …'));

  async function load() {
    let found;
    try {
      found = await get(ofPipeline(app.name, `/flags/${encodeURIComponent(id)}`));
    } catch (error) {
      body.replaceChildren(empty(error.status === 404 ? 'There is no such flag' : 'The flag cannot be shown', error.message));
      return;
    }
    const { record, ...rest } = found.event;
    body.replaceChildren(
      h('section', { class: 'card', 'aria-labelledby': 'why' }, h('h2', { id: 'why' }, 'Why'), ...found.event.reasons.map(reasonOf)),
      labelForm(app, found),
      h('div', { class: 'cut' },
        h('section', { class: 'card', 'aria-labelledby': 'facts' }, h('h2', { id: 'facts' }, 'What and where'), facts(found)),
        h('section', { class: 'card', 'aria-labelledby': 'record' }, h('h2', { id: 'record' }, 'The record'),
          record == null ? h('p', { class: 'quiet' }, 'The event goes without it: it is too large for the topic of anomalies.')
            : h('pre', { tabindex: '0' }, JSON.stringify(record, null, 2)))),
      h('section', { class: 'card', 'aria-labelledby': 'map' }, h('h2', { id: 'map' }, 'Among normal records'), map),
      h('section', { class: 'card', 'aria-labelledby': 'near' }, h('h2', { id: 'near' }, 'Before and after'), near),
      h('details', { class: 'card' }, h('summary', null, 'The event as JSON'), h('pre', { tabindex: '0' }, JSON.stringify(rest, null, 2))));
    get(ofPipeline(app.name, '/model/latent-map'), { flag: id }).then(
      found => map.replaceChildren(found.flags.length > 0 ? latentPlot(found)
        : h('p', { class: 'quiet' }, 'The model that scores now cannot place the record on its latent map.')),
      error => map.replaceChildren(h('p', { class: 'quiet' }, error.message)));
    try {
      near.replaceChildren(neighbours(await get(ofPipeline(app.name, `/flags/${encodeURIComponent(id)}/neighbours`)), found));
    } catch (error) {
      near.replaceChildren(h('p', { class: 'quiet' }, error.message));
    }
  }

  return {
    title: `Flag ${id}`,
    element: h('div', null, h('p', { class: 'small' }, h('a', { href: '#/flags' }, '← All flags')), h('h1', null, `Flag ${id}`), body),
    load,
  };
}
