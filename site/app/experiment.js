// A bench for experiments: buttons that fetch one resource in the cache modes
// of the Fetch standard, and what the timing entries say of each.

import { announce, bytes, element, html, milliseconds } from './dom.js';
import { WORDS, entryAfter, lineOf } from './timing.js';
import { tells304 } from './visit.js';

/** The modes offered, with what each asks of the browser's cache. */
export const MODES = {
  default: ['default', 'As a link or a script tag would: the cache decides.'],
  'no-cache': ['no-cache', 'Use the stored response only after asking.'],
  reload: ['reload', 'Ask as if nothing were stored.'],
};

/**
 * Fetches and reads `address` to the end, then finds its timing entry.
 * `init` is as for fetch; the fields of the response come back with the line.
 */
export async function trial(address, init = {}) {
  const since = performance.now();
  const response = await fetch(address, init);
  const content = await response.arrayBuffer();
  const entry = await entryAfter(new URL(address, location.href).href, since);
  return {
    status: response.status,
    length: content.byteLength,
    content,
    field: (name) => response.headers.get(name) ?? 'none',
    line: entry && lineOf(entry, tells304()),
    took: entry ? entry.duration : performance.now() - since,
  };
}

/** A bench for one resource, with a button for each cache mode. */
export function bench(name, address) {
  const buttons = Object.entries(MODES).map(([mode, [word, what]]) => {
    const button = element('button', { type: 'button' }, word);
    button.addEventListener('click', () => run(mode, button));
    return element('li', {}, button, element('span', {}, what));
  });
  const results = resultTable(['mode', 'cost', 'wire', 'time', 'Cache-Control']);

  async function run(mode, button) {
    button.disabled = true;
    try {
      const found = await trial(address, { cache: mode });
      results.add([mode, costCell(found), found.line ? bytes(found.line.wire) : '–', milliseconds(found.took), element('code', {}, found.field('cache-control'))]);
      announce(`${mode}: ${found.line ? WORDS[found.line.cost] : 'no entry'}, ${found.line ? bytes(found.line.wire) : ''} on the wire.`);
    } catch (error) {
      results.add([mode, 'failed', '–', '–', String(error)]);
      announce(`${mode} failed: ${error}`);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }

  return html`<section class="bench">
    <h3>Fetch ${name} again</h3>
    <ul class="modes">${group(buttons)}</ul>
    ${results.node}
  </section>`;
}

/** The cost of a trial as a table cell's content. */
export function costCell({ line, status }) {
  if (!line) return 'no entry';
  return group([
    element('span', { class: `swatch is-${line.cost}`, 'aria-hidden': 'true' }),
    line.cost === 'error' ? `error ${status}` : WORDS[line.cost],
  ]);
}

/** A table of results, newest first, that stands empty until the first. */
export function resultTable(columns) {
  const rows = element('tbody');
  const empty = element('p', { class: 'aside' }, 'Nothing tried yet.');
  const table = element('table', { class: 'results', hidden: true },
    element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, column)))), rows);
  return {
    node: element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Results, newest first' }, empty, table),
    add(cells) {
      empty.remove();
      table.hidden = false;
      rows.prepend(element('tr', {}, ...cells.map((cell, index) => element('td', { 'data-label': columns[index] }, element('span', {}, cell)))));
    },
  };
}

function group(nodes) {
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes);
  return fragment;
}
