/** Lines over time (uPlot), and scores beside those of normal records. */

import { h, s } from './dom.js';
import { clock, number, percent } from './format.js';
import { colour, onTheme } from './theme.js';

const LEGEND = 30;

/**
 * A line chart of the last minutes.
 *
 * @param series [{label, value: sample -> number, colour}], the first one is told to who does not see it
 * @param least the value that the axis reaches up to at least
 */
export class TimeChart {
  constructor(title, unit, series, format, least = 1) {
    this.series = series;
    this.format = format;
    this.least = least;
    this.title = title;
    this.note = h('small', null, ` ${unit}`);
    this.place = h('div', { class: 'plot', role: 'img' });
    this.element = h('figure', null, h('figcaption', null, title, this.note), this.place);
    this.data = [[], ...series.map(() => [])];
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.place);
    this.unlisten = onTheme(() => this.redraw());
  }

  fit() {
    const width = this.place.clientWidth;
    if (width === 0) {
      return;
    }
    if (this.plot) {
      this.plot.setSize({ width, height: this.height() });
    } else {
      this.draw(width);
    }
  }

  /** A legend stands below. */
  height() {
    return this.place.clientHeight - (this.series.length > 1 ? LEGEND : 0);
  }

  redraw() {
    this.plot?.destroy();
    this.plot = null;
    this.fit();
  }

  draw(width) {
    const axis = { stroke: colour('quiet'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } };
    const values = (plot, ticks) => ticks.map(this.format);
    this.plot = new window.uPlot({
      width,
      height: this.height(),
      legend: { show: this.series.length > 1, live: false },
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (plot, low, high) => [0, Math.max(high * 1.1, this.least)] } },
      axes: [{ ...axis, space: 70, size: 32, values: (plot, ticks) => ticks.map(tick => clock(tick * 1000)) }, { ...axis, size: 62, space: 24, values }],
      series: [{}, ...this.series.map(each => ({
        label: each.label, stroke: colour(each.colour), width: 1.6, points: { show: false }, spanGaps: false,
      }))],
    }, this.data, this.place);
  }

  show(samples) {
    this.data = [samples.map(sample => sample.time / 1000), ...this.series.map(each => samples.map(each.value))];
    const latest = samples.length > 0 ? this.series[0].value(samples[samples.length - 1]) : null;
    this.place.setAttribute('aria-label', latest == null
      ? `${this.title}: nothing yet`
      : `${this.title} over the last ${Math.ceil(samples.length / 60)} minutes, ${this.series[0].label} now ${this.format(latest)}`);
    this.plot?.setData(this.data);
  }

  close() {
    this.unlisten();
    this.observer.disconnect();
    this.plot?.destroy();
  }
}

const WIDTH = 600;
const HEIGHT = 230;
const FOOT = 26;

/** The scores of the last two minutes as bars, those of normal records as a line, and from where on there are flags. */
export function distribution(data) {
  if (!data) {
    return h('figure', null, h('figcaption', null, 'Scores'),
      h('p', { class: 'quiet' }, 'No score yet. Their distribution is drawn beside that of the normal records of the calibration.'));
  }
  const total = data.counts.reduce((sum, value) => sum + value, 0);
  const shares = data.counts.map(value => (total > 0 ? value / total : 0));
  const most = Math.max(...shares, ...data.reference, 1e-9);
  const bins = shares.length;
  const step = WIDTH / bins;
  // Alarms are rare: by the root of shares, one in a thousand can still be seen.
  const top = share => HEIGHT - FOOT - Math.sqrt(share / most) * (HEIGHT - FOOT - 8);
  const at = score => step * (1 + (score - data.bounds[0]) / (data.bounds[bins - 2] - data.bounds[0]) * (bins - 2));
  const bars = shares.map((share, bin) => s('rect', {
    x: bin * step + 1, width: step - 2, y: top(share), height: HEIGHT - FOOT - top(share),
    fill: data.alarm != null && bin * step >= at(data.alarm) - step / 2 ? 'var(--bad)' : 'var(--series)',
  }));
  const outline = data.reference.map((share, bin) => `${bin === 0 ? 'M' : 'L'}${bin * step},${top(share)}H${(bin + 1) * step}`).join('');
  const ticks = [0, 0.25, 0.5, 0.75].map(part => {
    const score = data.bounds[0] + part * (data.bounds[bins - 2] - data.bounds[0]);
    return s('text', { x: at(score), y: HEIGHT - 8, 'text-anchor': 'middle' }, number(score));
  });
  const alarm = data.alarm == null ? [] : [
    s('line', { x1: at(data.alarm), x2: at(data.alarm), y1: 0, y2: HEIGHT - FOOT, stroke: 'var(--bad)', 'stroke-width': 2, 'stroke-dasharray': '5 4' }),
    s('text', { x: at(data.alarm) - 6, y: 12, 'text-anchor': 'end' }, `alarm from ${number(data.alarm)}`),
  ];
  const above = data.alarm == null ? 0 : shares.reduce((sum, share, bin) => sum + (bin * step >= at(data.alarm) - step / 2 ? share : 0), 0);
  const label = total === 0 ? 'No scores in the last two minutes'
    : `Scores of the last two minutes: ${total} records, about ${percent(above)} at or above the alarm line`;
  return h('figure', null,
    h('figcaption', null, 'Scores ', h('small', null,
      'nats; bars: the last two minutes, line: normal records of the calibration; heights by the root of the share')),
    s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label, width: '100%' },
      ...bars, s('path', { d: outline, fill: 'none', stroke: 'var(--reference)', 'stroke-width': 2 }), ...alarm,
      s('line', { x1: 0, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT, stroke: 'var(--line)' }), ...ticks));
}

/** A number that was seen, beside the interval in which it was expected. */
export function intervalPlot(reason) {
  const { seen, expected, low, high } = reason;
  const span = Math.max(high - low, 1e-12);
  const from = Math.min(low, seen) - 0.12 * Math.max(span, Math.abs(seen - expected));
  const to = Math.max(high, seen) + 0.12 * Math.max(span, Math.abs(seen - expected));
  const x = value => 20 + 560 * (value - from) / (to - from);
  return s('svg', { viewBox: '0 0 600 46', role: 'img', preserveAspectRatio: 'xMinYMid meet',
    'aria-label': `seen ${number(seen)}, expected ${number(expected)}, 95 percent of the time from ${number(low)} to ${number(high)}` },
  s('line', { x1: 10, x2: 590, y1: 16, y2: 16, stroke: 'var(--line)' }),
  s('rect', { x: x(low), width: Math.max(2, x(high) - x(low)), y: 8, height: 16, rx: 3, fill: 'var(--band)' }),
  s('line', { x1: x(expected), x2: x(expected), y1: 6, y2: 26, stroke: 'var(--reference)', 'stroke-width': 2 }),
  s('circle', { cx: x(seen), cy: 16, r: 6, fill: 'var(--bad)' }),
  s('text', { x: Math.min(Math.max(x(expected), 40), 560), y: 41, 'text-anchor': 'middle' }, `expected ${number(expected)}`),
  Math.abs(x(seen) - x(expected)) > 110 &&
    s('text', { x: Math.min(Math.max(x(seen), 40), 560), y: 41, 'text-anchor': 'middle' }, `seen ${number(seen)}`));
}

/** How surprising the records of a key were, in the order of time. */
export function surprisePlot(items, isThis) {
  const most = Math.max(8, ...items.map(each => each.surprise ?? 0));
  const x = index => 30 + (840 * (index + 0.5)) / items.length;
  const y = bits => 100 - (90 * bits) / most;
  return s('svg', { viewBox: '0 0 900 116', role: 'img', width: '100%',
    'aria-label': `Surprise of ${items.length} records of the same key in the order of time; the table below has the figures` },
  s('line', { x1: 20, x2: 880, y1: 100, y2: 100, stroke: 'var(--line)' }),
  s('text', { x: 0, y: 14 }, `${number(most)} bits`),
  ...items.map((each, index) => each.surprise == null
    ? s('text', { x: x(index), y: 98, 'text-anchor': 'middle' }, '×')
    : s('circle', { cx: x(index), cy: y(each.surprise), r: isThis(each) ? 7 : 4, fill: each.anomaly ? 'var(--bad)' : 'var(--series)' })));
}
