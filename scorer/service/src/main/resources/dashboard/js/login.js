/** The page where people say who they are. */

import { ask } from './api.js';
import { startTheme } from './theme.js';

const form = document.getElementById('login');
const token = document.getElementById('token');
const problem = document.getElementById('problem');
const button = form.querySelector('button');

/** Where somebody wanted to go: a page of the dashboard, and nowhere else. */
function wanted() {
  const hash = new URLSearchParams(location.search).get('to') ?? '';
  return `/${hash.startsWith('#/') ? hash : ''}`;
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === '';
  token.setAttribute('aria-invalid', String(text !== ''));
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  button.disabled = true;
  tell('');
  try {
    await ask('session', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token: token.value.trim() }),
    });
    location.replace(wanted());
  } catch (error) {
    tell(error.message);
    token.select();
  }
  button.disabled = false;
});

startTheme(document.getElementById('theme'));
token.focus();
if (new URLSearchParams(location.search).has('failed')) {
  tell('The log-in with your account did not succeed.');
}
const session = await ask('session', {});
if (!session.authentication || session.name) {
  location.replace(wanted());
} else if (session.provider) {
  document.getElementById('provider').href = session.provider;
  document.getElementById('provider').hidden = false;
  document.getElementById('or').hidden = false;
}
