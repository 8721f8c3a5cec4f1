/** A flag as a line of a list, leading to its page. */

import { h } from '../dom.js';
import { clock, number } from '../format.js';
import { labelBadge } from './label.js';

const REASONS = 2;

export function flagItem({ id, key, event, label }, pipeline) {
  const why = event.reasons.slice(0, REASONS).map(reason => reason.sentence).join('; ');
  return h('li', { 'data-id': id }, h('a', { href: `#/flags/${id}?pipeline=${encodeURIComponent(pipeline)}` },
    h('span', { class: 'when' }, clock(event.timestamp)),
    h('span', { class: 'bits' }, `${number(event.surprise)} bits`),
    h('span', { class: 'key' }, key ?? '–'),
    h('span', { class: 'why' }, label && labelBadge(label), why)));
}
