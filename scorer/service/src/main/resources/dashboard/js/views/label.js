/** What somebody says of a flag: shown, and said. */

import { ofPipeline, post } from '../api.js';
import { h } from '../dom.js';
import { instant } from '../format.js';

const NAME = 'surprisal.by';
const WORDS = { false_alarm: 'False alarm', confirmed: 'Confirmed' };

export function labelBadge({ verdict, by }) {
  return h('span', { class: `label ${verdict}`, title: `says ${by}` }, WORDS[verdict] ?? verdict);
}

/** Where storage is forbidden, the name is typed again. */
function remembered() {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

function remember(name) {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // Nothing to do: see above.
  }
}

/** Buttons that say what the flag was, and what was said of it last. */
export function labelForm(app, flag) {
  const state = h('p', { role: 'status' });
  const by = h('input', { name: 'by', autocomplete: 'name', maxlength: '100', required: true, value: remembered() });
  const comment = h('input', { name: 'comment', autocomplete: 'off', maxlength: '1000' });
  const buttons = Object.entries(WORDS).map(([verdict, words]) =>
    h('button', { type: 'button', 'data-verdict': verdict, 'aria-pressed': 'false', onclick: () => say(verdict) }, words));

  function show(label) {
    buttons.forEach(button => button.setAttribute('aria-pressed', String(button.dataset.verdict === label?.verdict)));
    state.replaceChildren(...label == null ? ['Nobody has said yet what it was.']
      : [labelBadge(label), ` by ${label.by}, ${instant(label.time)}${label.comment ? `: ${label.comment}` : ''}`]);
  }

  async function say(verdict) {
    if (!by.reportValidity()) {
      return;
    }
    remember(by.value);
    buttons.forEach(button => { button.disabled = true; });
    try {
      const { topic, partition, offset } = flag.event;
      show(await post(ofPipeline(app.name, '/labels'), { topic, partition, offset, verdict, by: by.value, comment: comment.value || null }));
      comment.value = '';
    } catch (error) {
      state.textContent = `It was not noted: ${error.message}`;
    }
    buttons.forEach(button => { button.disabled = false; });
  }

  show(flag.label);
  return h('section', { class: 'card', 'aria-labelledby': 'label' }, h('h2', { id: 'label' }, 'What was it?'), state,
    h('form', { class: 'filter', onsubmit: event => event.preventDefault() },
      h('label', null, 'Your name', by), h('label', null, 'Comment', comment), ...buttons),
    h('p', { class: 'quiet small' }, 'The next retraining learns from it: false alarms count as normal, confirmed anomalies are left out.'));
}
