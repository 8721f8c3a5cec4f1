/** Which page is shown, of which pipeline, and what happens there. */

import { Events, get, remove } from './api.js';
import { empty, h } from './dom.js';
import { clock } from './format.js';
import { startTheme } from './theme.js';
import { deadLetters } from './views/dead-letters.js';
import { drift } from './views/drift.js';
import { flag } from './views/flag.js';
import { flags } from './views/flags.js';
import { incidents } from './views/incidents.js';
import { model } from './views/model.js';
import { overview } from './views/overview.js';

const MOST_SAMPLES = 600;
const PAGES = { overview, flags, flag, incidents, 'dead-letters': deadLetters, model, drift };

const main = document.getElementById('main');
const notice = document.getElementById('notice');
const connection = document.getElementById('connection');
const select = document.getElementById('pipeline');

/** What the pages look at. */
const app = { name: null, pipeline: null, samples: [], distribution: null };
let events = null;
let page = null;
let lastHeard = null;

function connected() {
  lastHeard = Date.now();
  if (connection.className !== 'connection live') {
    connection.className = 'connection live';
    connection.textContent = 'Live';
    notice.hidden = true;
    main.classList.remove('stale');
  }
}

function lost() {
  connection.className = 'connection lost';
  connection.textContent = 'Disconnected';
  notice.textContent = lastHeard == null
    ? 'The scorer does not answer. Trying again …'
    : `The connection is lost. What is shown is as of ${clock(lastHeard)}. Trying again …`;
  notice.hidden = false;
  main.classList.add('stale');
}

function beat({ pipeline, activity }) {
  app.pipeline = pipeline;
  const known = app.samples.length > 0 ? app.samples[app.samples.length - 1].time : 0;
  app.samples.push(...activity.samples.filter(sample => sample.time > known));
  app.samples.splice(0, app.samples.length - MOST_SAMPLES);
  app.distribution = activity.distribution ?? app.distribution;
  page?.beat?.();
}

function listen(name) {
  events?.close();
  Object.assign(app, { name, pipeline: null, samples: [], distribution: null });
  events = new Events(name, {
    connected, lost, beat,
    flags: fresh => page?.flags?.(fresh),
    incidents: fresh => page?.incidents?.(fresh),
    // Of an instance that was started again, or from when on flags are told: what was loaded before may lack some.
    start: () => {
      app.samples = [];
      page?.reload?.();
    },
  });
}

/** #/flags/1-42?pipeline=payments */
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [first, id] = path.split('/');
  const wanted = new URLSearchParams(query).get('pipeline');
  return { page: first === 'flags' && id ? 'flag' : first in PAGES && first !== 'flag' ? first : 'overview', id, pipeline: wanted };
}

async function show(focus) {
  const to = route();
  if (to.pipeline && to.pipeline !== app.name && [...select.options].some(option => option.value === to.pipeline)) {
    select.value = to.pipeline;
    listen(to.pipeline);
  }
  page?.close?.();
  page = null;
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.dataset.page === to.page || (to.page === 'flag' && link.dataset.page === 'flags');
    here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  }
  main.replaceChildren(h('p', { class: 'quiet' }, 'Loading …'));
  const made = PAGES[to.page](app, to.id);
  page = made;
  document.title = `${made.title} · Surprisal`;
  main.replaceChildren(made.element);
  if (focus) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  await made.load?.();
}

/** Who is logged in, where anybody is asked. */
async function showSession() {
  const { name, scopes } = await get('session');
  if (name) {
    const button = document.getElementById('logout');
    button.hidden = false;
    button.title = `${name}: ${scopes.join(', ')}`;
    button.addEventListener('click', async () => {
      await remove('session');
      location.replace('/login.html');
    });
  }
}

async function start() {
  startTheme(document.getElementById('theme'));
  showSession().catch(() => {});
  let pipelines = [];
  while (pipelines.length === 0) {
    try {
      pipelines = await get('pipelines');
      notice.hidden = true;
      if (pipelines.length === 0) {
        main.replaceChildren(empty('The scorer is starting', 'It loads its models and prepares its topics.'));
      }
    } catch (error) {
      lost();
      main.replaceChildren(empty('The scorer does not answer', `${error.message} This page goes on by itself when it does.`));
    }
    if (pipelines.length === 0) {
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
  select.replaceChildren(...pipelines.map(each => h('option', { value: each.name }, each.name)));
  document.getElementById('pipeline-label').hidden = pipelines.length < 2;
  const wanted = route().pipeline;
  const first = pipelines.find(each => each.name === wanted) ?? pipelines[0];
  select.value = first.name;
  listen(first.name);
  app.pipeline = first;
  select.addEventListener('change', () => {
    listen(select.value);
    location.hash = `#/${route().page === 'flag' ? 'flags' : route().page}?pipeline=${encodeURIComponent(select.value)}`;
  });
  addEventListener('hashchange', () => {
    if (location.hash !== '#main') {
      show(true);
    }
  });
  document.querySelector('.skip').addEventListener('click', event => {
    event.preventDefault();
    main.focus();
  });
  show(false);
}

start();
