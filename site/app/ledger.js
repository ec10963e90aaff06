// The ledger: every resource of this visit, what it cost, the sums, the last
// visit beside it, and how sure all of that is. It outlives changes of route.

import { bytes, counted, drawn, element, html } from './dom.js';
import { drawShelf } from './shelf.js';
import { COSTS, WORDS, engine, lineOf, merged, navigation, sumOf, watchEntries } from './timing.js';
import { ago, forget, keep, last, sameAs, tells304 } from './visit.js';

const HOW = {
  navigate: 'an ordinary visit',
  reload: 'a reload',
  back_forward: 'a step back or forward',
  prerender: 'a prerendered visit',
};

let entries = [];
let compared = last;
let restored = false;
let due = 0;

/** Starts the ledger and keeps it up to date. */
export function openLedger() {
  watchEntries((all) => { entries = all; later(); });
  addEventListener('load', later);
  addEventListener('pageshow', (event) => { restored ||= event.persisted; later(); });
  addEventListener('larder:told', later);
  new ResizeObserver(later).observe(document.getElementById('jars'));
  document.getElementById('forget').addEventListener('click', (event) => {
    forget();
    compared = null;
    event.target.textContent = 'Forgotten';
    later();
  });
  write();
}

/** How this visit came about, in words. */
export function visitWords() {
  return restored ? 'a step back or forward, restored whole' : HOW[navigation()?.type] ?? 'a visit';
}

function later() {
  // Entries come in bursts; one writing per frame is enough.
  if (due === 0) due = requestAnimationFrame(() => { due = 0; write(); });
}

function write() {
  const tells = tells304() ?? engine !== 'Gecko';
  const first = navigation();
  const lines = [...(first ? [first] : []), ...entries].map((entry) => lineOf(entry, tells));
  lines.sort((one, other) => one.start - other.start);
  const load = merged(lines.filter((line) => !line.isExperiment)).map(sized);
  const tried = lines.filter((line) => line.isExperiment);

  drawShelf(document.getElementById('jars'), load);
  document.getElementById('legend-either').hidden = !load.some((line) => line.cost === 'either');
  fill('ledger-sums', sums(load));
  fill('ledger-entries', html`${table(load, tried)}
    <p class="aside">The line under an entry is as long as its content, as coded. The mustard part of it came over the wire.</p>`);
  if (!document.getElementById('ledger-doubts').firstChild) fill('ledger-doubts', doubts());
  keep(load, navigation()?.type);
}

/** A 304 for content in the tab's memory is entered without sizes; the last visit knew them. */
function sized(line) {
  if (line.cost !== 'revalidated' || line.encoded > 0) return line;
  const before = compared?.lines.find(({ same, print }) => same === sameAs(line) && print === line.name.print);
  return before ? { ...line, encoded: before.encoded, decoded: before.decoded } : line;
}

function fill(id, content) {
  document.getElementById(id).replaceChildren(content);
}

function sums(load) {
  const sum = sumOf(load);
  const kept = sum.of.cache ?? 0;
  const before = compared && sumOf(compared.lines);
  const widest = Math.max(sum.encoded, sum.wire, before?.encoded ?? 0, before?.wire ?? 0, 1);
  return html`
    <p class="how">This is ${visitWords()}.${restored ? ' Nothing was asked of anyone; the entries are those of the first load.' : ''}</p>
    <dl class="figures">
      <div><dt>on the wire</dt><dd>${bytes(sum.wire)}</dd></div>
      <div><dt>put to use</dt><dd>${bytes(sum.decoded)}</dd></div>
      <div><dt>used without asking</dt><dd>${`${kept} of ${sum.count}`}</dd></div>
    </dl>
    <dl class="visits">
      ${visitBar('This visit', sum, widest)}
      ${before ? visitBar(`Last visit, ${ago(compared.when)}`, before, widest) : ''}
    </dl>
    ${before ? difference(sum, before) : html`<p class="aside">Come back or reload, and the last visit stands here beside this one.</p>`}
  `;
}

function visitBar(name, sum, widest) {
  return html`<div><dt>${name}</dt>
    <dd>${bar(sum, widest)} <span>${`${bytes(sum.wire)} on the wire, for ${bytes(sum.encoded)} of content as coded`}</span></dd></div>`;
}

function difference(sum, before) {
  const saved = before.wire - sum.wire;
  if (Math.abs(saved) < 1) return html`<p class="aside">The same as the last time, to the byte.</p>`;
  return html`<p class="aside">${`${bytes(Math.abs(saved))} ${saved > 0 ? 'less' : 'more'} on the wire than the last time.`}</p>`;
}

/** Outline: the size of the content as stored. Filling: what came over the wire for it. */
function bar(line, widest) {
  const whole = Math.max(line.encoded / widest * 100, 0.6);
  const wire = Math.min(Math.max(line.wire / widest * 100, line.wire > 0 ? 0.6 : 0), 100);
  return drawn('svg', { class: 'bar', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    drawn('rect', { class: 'whole', width: whole, height: 8 }),
    drawn('rect', { class: 'wire', width: wire, height: 8 }),
  );
}

function table(load, tried) {
  const widest = Math.max(...load.map((line) => Math.max(line.encoded, line.wire)), 1);
  const memory = new Map(compared?.lines.map((line) => [line.same, line]));
  return element('div', { class: 'entries', role: 'table', 'aria-label': 'Resources of this visit' },
    element('div', { class: 'entry heads', role: 'row' },
      ...['resource', 'cost', 'wire', 'content', 'protocol'].map((word) => element('span', { role: 'columnheader' }, word))),
    element('div', { role: 'rowgroup' }, ...load.map((line) => row(line, widest, memory.get(sameAs(line)))), total('The visit', load)),
    tried.length === 0 ? null : element('div', { role: 'rowgroup' },
      element('div', { class: 'entry group', role: 'row' }, element('span', { role: 'cell' }, 'Your experiments, kept apart')),
      ...tried.map((line) => row(line, widest)), total('Experiments', tried)),
  );
}

function row(line, widest, before) {
  const { name } = line;
  return element('div', { class: `entry is-${line.cost}`, role: 'row' },
    element('span', { class: 'resource', role: 'rowheader' },
      element('span', { class: 'title' },
        line.isDocument ? '' : element('span', { class: 'unseen' }, name.folder),
        line.isDocument ? name.path : name.stem,
        name.print ? element('span', { class: 'print' }, `.${name.print}`) : '',
        line.isDocument || !name.ending ? '' : `.${name.ending}`),
      element('span', { class: 'kind' }, [` ${line.kind}`, line.coding].filter(Boolean).join(', '))),
    element('span', { class: 'cost', role: 'cell' },
      element('span', { class: `swatch is-${line.cost}`, 'aria-hidden': 'true' }),
      element('span', {}, line.cost === 'error' ? `error ${line.status}` : WORDS[line.cost], compare(line, before))),
    element('span', { class: 'wire', role: 'cell' }, bytes(line.wire)),
    element('span', { class: 'content', role: 'cell' }, bytes(line.decoded)),
    element('span', { class: 'protocol', role: 'cell' }, line.protocol || '–'),
    bar(line, widest),
  );
}

/** How it differs from the last visit, if it does. */
function compare(line, before) {
  if (line.again) return element('small', {}, ` then ${line.again}× from cache`);
  if (!before) return '';
  if (before.print !== line.name.print) return element('small', {}, ' new content since');
  return before.cost === line.cost ? '' : element('small', {}, ` last time ${WORDS[before.cost]}`);
}

function total(words, lines) {
  const sum = sumOf(lines);
  const costs = COSTS.filter((cost) => sum.of[cost]).map((cost) => `${sum.of[cost]} ${WORDS[cost]}`);
  return element('div', { class: 'entry total', role: 'row' },
    element('span', { class: 'resource', role: 'rowheader' }, `${words}: ${counted(sum.count, 'resource')}`),
    element('span', { class: 'cost', role: 'cell' }, costs.join(', ')),
    element('span', { class: 'wire', role: 'cell' }, bytes(sum.wire)),
    element('span', { class: 'content', role: 'cell' }, bytes(sum.decoded)),
    element('span', { class: 'protocol', role: 'cell' }, ''));
}

const DOUBTS = {
  Chromium: 'Your browser says it is of the Chromium family. There a cost can be told well: nothing on the wire is a cache hit; exactly 300 bytes with content is a 304. Its status is still given as 200, since 200 is what the cache answers with.',
  Gecko: 'Your browser says it is of the Firefox family. There a cache hit shows, but a 304 is entered with the full size of its content, exactly as a download is. Where the ledger says “downloaded or revalidated”, it means that it cannot know.',
  WebKit: 'Your browser says it is of the Safari family. Nothing on the wire is a cache hit; whether a 304 shows is less certain, and before version 27 or so the status of a failed load may not be given, so that an error can pass for a download.',
  unknown: 'Your browser’s family is not known here. Nothing on the wire should be a cache hit; take the rest with salt.',
};

function doubts() {
  return html`<details class="doubts"><summary>How sure is this?</summary>
    <p>${DOUBTS[engine]}</p>
    <ul>
      <li>The browser does not give the true size of a response’s fields. It adds 300 bytes for them, whatever they were, and so does this ledger.</li>
      <li>When a tab reloads and asks about what it still has in memory, Chromium enters the 304 without the size of the content. The ledger then takes the size from your last visit.</li>
      <li>An error is recognised by its status first: its 300 bytes would otherwise look like a 304.</li>
      <li>The favicon and the web manifest are fetched on the browser’s own account and may have no entry at all.</li>
      <li>“From cache” covers the disk and the memory of this tab; a service worker or a prefetch may look the same.</li>
      <li>A cache between you and the server is not visible from here: its answers are downloads too.</li>
    </ul>
    <p>You need not believe it: <a href="/validation">the test on “Kept by asking”</a> compares your browser’s entries with the server’s own word.</p>
  </details>`;
}
