/** What there is to draw of a model: how its fit went, its latent map, and its shadow's scores beside its own. */

import { h, s } from './dom.js';
import { count, number, percent } from './format.js';

const WIDTH = 600;
const HEIGHT = 240;
const LEFT = 46;
const FOOT = 26;
/** The rise of the first steps would leave no room for the rest. */
const EARLY = 0.02;
/** How far beyond normal records the map goes, as a share of where they lie. */
const ROOM = 0.6;

function axes(x, y, [left, right], [low, high], across) {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    ...ticks.map(part => s('text', { x: x(left + part * (right - left)), y: HEIGHT - 8, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle' },
      number(left + part * (right - left)) + (part === 1 ? ` ${across}` : ''))),
    ...ticks.filter(part => part < 1).map(part => s('text', { x: LEFT - 6, y: y(low + part * (high - low)) + 4, 'text-anchor': 'end' }, number(low + part * (high - low)))),
    s('line', { x1: LEFT, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT, stroke: 'var(--line)' }),
    s('line', { x1: LEFT, x2: LEFT, y1: 0, y2: HEIGHT - FOOT, stroke: 'var(--line)' }),
  ];
}

function scales([left, right], [low, high]) {
  return [
    value => LEFT + (WIDTH - LEFT - 4) * (value - left) / (right - left || 1),
    value => HEIGHT - FOOT - (HEIGHT - FOOT - 6) * (Math.min(Math.max(value, low), high) - low) / (high - low || 1),
  ];
}

/** The bound over the steps of the fits of a model. */
export function curvePlot(fits) {
  const all = fits.flatMap(fit => [...fit.fitted, ...fit.held_out]);
  if (all.length === 0) {
    return h('p', { class: 'quiet' }, 'The model does not say how its training went: it was trained by an earlier version.');
  }
  const steps = Math.max(...all.map(([step]) => step));
  const late = all.filter(([step]) => step > EARLY * steps).map(([, bound]) => bound);
  const range = [Math.min(...late), Math.max(...late)];
  const [x, y] = scales([0, steps], range);
  const path = points => points.map(([step, bound], index) => `${index === 0 ? 'M' : 'L'}${x(step).toFixed(1)},${y(bound).toFixed(1)}`).join('');
  const last = points => points[points.length - 1]?.[1];
  const heldOut = fits.some(fit => fit.held_out.length > 0);
  return h('div', null,
    s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', width: '100%',
      'aria-label': `The bound over ${count(steps)} steps, at last ${number(last(fits[0].fitted))} nats per record${heldOut ? `, of held-out records ${number(last(fits[0].held_out))}` : ''}` },
    ...axes(x, y, [0, steps], range, 'steps'),
    ...fits.map(fit => s('path', { d: path(fit.fitted), fill: 'none', stroke: 'var(--series)', 'stroke-width': 1.6 })),
    ...fits.map(fit => s('path', { d: path(fit.held_out), fill: 'none', stroke: 'var(--series-2)', 'stroke-width': 1.6, 'stroke-dasharray': '6 4' }))),
    h('p', { class: 'quiet small' }, `The bound on log p(x), nats per record${heldOut ? '; dashed: of held-out records' : ''}.`));
}

function extent(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = ROOM * (high - low || 1);
  return [low - room, high + room];
}

/** Where held-out records and flags lie. What lies beyond the map is drawn at its edge. */
export function latentPlot(map) {
  if (map.normal.length === 0) {
    return h('p', { class: 'quiet' }, 'The model brings no latent map: it was trained by an earlier version.');
  }
  const across = extent(map.normal.map(([x]) => x));
  const up = extent(map.normal.map(([, y]) => y));
  const [x, y] = scales(across, up);
  const inside = ({ x: at, y: upAt }) => at >= across[0] && at <= across[1] && upAt >= up[0] && upAt <= up[1];
  const edge = (value, [low, high]) => Math.min(Math.max(value, low), high);
  const beyond = map.flags.filter(flag => !inside(flag)).length;
  const flags = map.flags.length === 1 ? 'the flag' : `${count(map.flags.length)} flags`;
  const where = map.flags.length === 0 ? 'no flag is shown'
    : beyond === 0 ? `${flags} on the map` : map.flags.length === 1 ? 'the flag lies beyond the map, in the direction of the ring'
      : `${flags}, of which ${count(beyond)} lie beyond the map, in the direction of the rings`;
  return h('div', null,
    s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', width: '100%', 'aria-label': `${count(map.normal.length)} held-out records; ${where}` },
      ...map.normal.map(([at, upAt]) => s('circle', { cx: x(at), cy: y(upAt), r: 2, fill: 'var(--series)', 'fill-opacity': 0.45 })),
      ...map.flags.map(flag => s('circle', {
        cx: x(edge(flag.x, across)), cy: y(edge(flag.y, up)), r: map.flags.length === 1 ? 6 : 3.5,
        fill: inside(flag) ? 'var(--bad)' : 'none', stroke: 'var(--bad)', 'stroke-width': 1.5,
      }, s('title', null, `${flag.id}${flag.key == null ? '' : `, key ${flag.key}`}, ${number(flag.surprise)} bits`)))),
    h('p', { class: 'quiet small' },
      `Blue: held-out records, along the two directions in which their latent means vary most (${percent(map.explained)} of the variance). Red: ${where}.`));
}

/** Surprise by the shadow over surprise by the model: the darker, the more records. */
export function shadowPlot(bins) {
  const size = 14;
  const most = Math.max(1, ...bins.flat());
  const at = index => 40 + index * size;
  const end = at(bins.length);
  const up = index => end - 40 - (index + 1) * size + 6;
  const cells = bins.flatMap((row, i) => row.map((records, j) => records > 0 && s('rect', {
    x: at(i), y: up(j), width: size - 1, height: size - 1, fill: 'var(--series)',
    'fill-opacity': (0.15 + 0.85 * Math.log1p(records) / Math.log1p(most)).toFixed(2),
  }, s('title', null, `${count(records)} records with ${i} bits by the model and ${j} by the shadow`))).filter(Boolean));
  const diagonal = bins.reduce((sum, row, i) => sum + row.reduce((near, records, j) => near + (Math.abs(i - j) <= 1 ? records : 0), 0), 0);
  const total = bins.flat().reduce((sum, records) => sum + records, 0);
  return s('svg', { viewBox: `0 0 ${end + 20} ${end + 10}`, role: 'img', class: 'square',
    'aria-label': `Surprise by the shadow beside surprise by the model: of ${percent(diagonal / total)} of the records they are within a bit or two of each other` },
  s('line', { x1: at(0), y1: up(-1), x2: end, y2: up(bins.length - 1), stroke: 'var(--reference)', 'stroke-dasharray': '4 4' }),
  ...cells,
  ...[0, 5, 10, 15].flatMap(bit => [
    s('text', { x: at(bit), y: up(-1) + 14 }, bit === 15 ? '15+' : String(bit)),
    s('text', { x: 34, y: up(bit) + 11, 'text-anchor': 'end' }, bit === 15 ? '15+' : String(bit))]),
  s('text', { x: at(4), y: up(-1) + 30 }, 'bits by the model'),
  s('text', { x: 12, y: up(5), transform: `rotate(-90 12 ${up(5)})` }, 'bits by the shadow'));
}
