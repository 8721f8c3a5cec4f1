/** Asks whoever started this to do something to the scorer, and waits until it is done. */

import { createInterface } from 'node:readline';

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function ask(what) {
  console.log(`ask ${what}`);
  const { value } = await answers.next();
  if (value !== 'done') {
    throw new Error(`asked to ${what}: ${value}`);
  }
}

export function leave() {
  process.stdin.destroy();
}
