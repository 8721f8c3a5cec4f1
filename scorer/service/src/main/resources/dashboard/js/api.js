/** The HTTP API, and the stream of events with its reconnecting. */

const BASE = '/api/v1/';
const AGAIN_MILLIS = [500, 1000, 2000, 5000];
const PATIENCE_MILLIS = 15000;
/** Two beats are a second apart; so long without one is a connection that only looks alive. */
const SILENCE_MILLIS = 8000;
const LOGIN = '/login.html';

/** What the API answers; an error has the problem's own words. */
export function get(path, parameters) {
  const query = new URLSearchParams(Object.entries(parameters ?? {}).filter(([, value]) => value != null && value !== ''));
  return ask(path + (query.size > 0 ? `?${query}` : ''), {});
}

/** Does something, and tells what the API answers. Pages of other origins cannot send JSON unasked. */
export function post(path, body) {
  return ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** Removes something; browsers ask before they let pages of other origins do so. */
export function remove(path) {
  return ask(path, { method: 'DELETE' });
}

/** Asks the API; whoever must say first who they are is sent there. */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(BASE + path, { ...options, signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  } catch {
    throw new Error('The scorer does not answer.');
  }
  if (response.status === 401 && location.pathname !== LOGIN) {
    location.replace(`${LOGIN}?${new URLSearchParams({ to: location.hash })}`);
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    const error = new Error(problem.detail ?? `The scorer answers ${response.status}.`);
    error.status = response.status;
    throw error;
  }
  return response.status === 204 ? null : response.json();
}

export function ofPipeline(name, rest = '') {
  return `pipelines/${encodeURIComponent(name)}${rest}`;
}

/** Listens to a pipeline's events until closed; comes back by itself, to where it was. */
export class Events {
  constructor(pipeline, listener) {
    this.pipeline = pipeline;
    this.listener = listener;
    this.failures = 0;
    this.last = null;
    this.open();
  }

  open() {
    const query = this.last == null ? '' : `?last_event_id=${encodeURIComponent(this.last)}`;
    this.source = new EventSource(BASE + ofPipeline(this.pipeline, `/events${query}`));
    for (const name of ['beat', 'flags', 'incidents', 'start']) {
      this.source.addEventListener(name, event => {
        this.failures = 0;
        this.last = event.lastEventId;
        this.watch();
        this.listener.connected();
        this.listener[name](JSON.parse(event.data));
      });
    }
    this.source.onerror = () => this.lost();
    this.watch();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), SILENCE_MILLIS);
  }

  lost() {
    this.close();
    this.listener.lost();
    // A stream does not tell why it ends; where nobody is logged in any more, this leads to the log-in.
    get('pipelines').catch(() => {});
    const wait = AGAIN_MILLIS[Math.min(this.failures++, AGAIN_MILLIS.length - 1)];
    this.again = setTimeout(() => this.open(), wait);
  }

  close() {
    clearTimeout(this.silence);
    clearTimeout(this.again);
    this.source.close();
  }
}
