/** Light, dark, or as the system has it. */

const KEY = 'surprisal-theme';
const ORDER = ['auto', 'light', 'dark'];
const system = matchMedia('(prefers-color-scheme: dark)');
const changed = new Set();

function chosen() {
  const kept = localStorage.getItem(KEY);
  return ORDER.includes(kept) ? kept : 'auto';
}

function apply(button) {
  const choice = chosen();
  const dark = choice === 'dark' || (choice === 'auto' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  button.textContent = { auto: '◐ Auto', light: '☀ Light', dark: '☾ Dark' }[choice];
  button.setAttribute('aria-label', `Colours: ${choice}. Change`);
  changed.forEach(listener => listener());
}

export function startTheme(button) {
  button.addEventListener('click', () => {
    localStorage.setItem(KEY, ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    apply(button);
  });
  system.addEventListener('change', () => apply(button));
  apply(button);
}

/** Calls a listener when colours change; returns what ends that. */
export function onTheme(listener) {
  changed.add(listener);
  return () => changed.delete(listener);
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
