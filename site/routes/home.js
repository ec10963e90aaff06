// The start: what the shelf is, and the two ways of keeping.

import { html } from '../app/dom.js';

export function draw() {
  return {
    title: 'What keeps, and what goes off',
    intro: html`
      <h1>What keeps, and what goes&nbsp;off</h1>
      <p class="lede">Your browser has a larder. What it fetches it puts on a shelf, and before it sends out again it
        looks there first. Below is that shelf: one jar for each resource of this visit, and what it cost.</p>`,
    rest: html`
      <h2>Reading the shelf</h2>
      <dl class="key">
        <div><dt><span class="swatch is-cache" aria-hidden="true"></span>Banded: from cache</dt>
          <dd>It was here and still fresh. Nobody was asked and nothing was sent.</dd></div>
        <div><dt><span class="swatch is-revalidated" aria-hidden="true"></span>Sealed: revalidated</dt>
          <dd>It was here, but the browser had to ask. The server answered <code>304</code>: still good, keep it.</dd></div>
        <div><dt><span class="swatch is-downloaded" aria-hidden="true"></span>Mustard: downloaded</dt>
          <dd>It was not here, or had gone off. Its content came over the wire.</dd></div>
        <div><dt><span class="swatch is-error" aria-hidden="true"></span>Dashed: error</dt>
          <dd>It was asked for and there is none.</dd></div>
      </dl>

      <h2>The two ways of keeping</h2>
      <p><a href="/lifetime"><strong>By date.</strong></a> The server says how long a response stays fresh. Until then
        it costs nothing, and until then it cannot be corrected either. So it suits what never changes: a resource
        whose name carries a fingerprint of its content.</p>
      <p><a href="/validation"><strong>By asking.</strong></a> The server gives the response an entity tag. Each time
        the browser asks “is it still this one?” and mostly hears yes. It costs one round trip, and it is never
        wrong. So it suits what keeps its name while it changes: the document.</p>
      <p>A single-page application needs both and nothing else: one document, asked about each time, that names
        everything else by fingerprint.</p>

      <h2>Try it on this shelf</h2>
      <ol>
        <li>Look at the ledger of your first visit. Nearly all of it is mustard.</li>
        <li><a href="/reload">Reload</a>. The jars are banded now; only the document was asked about.</li>
        <li>Walk through the routes and watch the shelf. Their modules arrive one by one, once.</li>
        <li>Ask for <a href="/skew">something that is not there</a>, and see what must not be kept.</li>
      </ol>`,
  };
}
