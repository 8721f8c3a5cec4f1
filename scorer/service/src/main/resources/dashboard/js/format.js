/** Numbers and times for people. */

const INTEGER = new Intl.NumberFormat('en');

export function count(value) {
  return INTEGER.format(Math.round(value));
}

/** So many of something, whose plural has an s. */
export function several(value, what) {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

/** A number with as many digits as a reader takes in. */
export function number(value) {
  if (value == null || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-4)) {
    return value.toExponential(2);
  }
  return size >= 1000 ? INTEGER.format(Math.round(value)) : String(Number(value.toPrecision(4)));
}

export function rate(value) {
  return value == null ? '–' : value >= 100 ? count(value) : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, '');
}

export function percent(share) {
  return Number.isFinite(share) ? `${Number((100 * share).toPrecision(3))} %` : '–';
}

export function seconds(value) {
  if (value == null) {
    return '–';
  }
  if (value < 1) {
    return `${Math.round(value * 1000)} ms`;
  }
  if (value < 120) {
    return `${Number(value.toPrecision(3))} s`;
  }
  return value < 7200 ? `${Math.round(value / 60)} min` : value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;
}

/** Made once: to make one takes longer than all else about a line of a list. */
const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const TODAY = new Intl.DateTimeFormat('en-GB', TIME);
const EARLIER = new Intl.DateTimeFormat('en-GB', { month: 'short', day: '2-digit', ...TIME });

export function clock(millis) {
  const time = new Date(millis);
  return (time.toDateString() === new Date().toDateString() ? TODAY : EARLIER).format(time);
}

export function instant(millis) {
  return new Date(millis).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

export function age(millis) {
  return `${seconds(Math.max(0, (Date.now() - millis) / 1000))} ago`;
}
