// Caching by validation, tried on the document; and the test of whether this
// browser's timing entries let a 304 be seen at all.

import { announce, bytes, element, html } from '../app/dom.js';
import { bench, costCell, resultTable, trial } from '../app/experiment.js';
import { WORDS, navigation } from '../app/timing.js';
import { rememberTells304 } from '../app/visit.js';

export function draw() {
  // Each route's URL is a key of its own in the cache, so the one that was
  // navigated to is asked for: it alone is sure to be stored.
  const address = navigation()?.name.replace(/#.*/, '') ?? location.href;
  const results = resultTable(['asked with', 'server’s word', 'by its timing entry']);
  const button = element('button', { type: 'button' }, 'Compare the two');
  const verdict = element('p', { class: 'verdict' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    verdict.textContent = await compare(address, results).catch((error) => `The test failed: ${error}`);
    announce(verdict.textContent);
    button.disabled = false;
    button.focus();
  });

  return {
    title: 'Kept by asking',
    intro: html`
      <h1>Kept by asking</h1>
      <p class="lede">A response may be kept on the condition that the browser asks before each use. The question is
        short, and so is the answer, as long as nothing has changed.</p>`,
    rest: html`
      <h2>What is said</h2>
      <ol class="talk">
        <li><span>Server, the first time</span><pre class="fields"><code>200 OK
Cache-Control: no-cache
ETag: "b1946ac9…"</code></pre></li>
        <li><span>Browser, each time after</span><pre class="fields"><code>GET /
If-None-Match: "b1946ac9…"</code></pre></li>
        <li><span>Server, while it is so</span><pre class="fields"><code>304 Not Modified</code></pre></li>
      </ol>
      <p><code>no-cache</code> is badly named. It does not forbid keeping; it forbids using unasked. The field that
        forbids keeping is <code>no-store</code>, and here it is for <a href="/skew">errors</a> only.</p>
      <p>The entity tag must come from the content. Made from a clock or from a place on a disk, it changes when
        nothing has, or stays when something has, and then a server swears that stale bread is fresh.</p>

      ${bench('the document', address)}

      <section class="bench">
        <h3>Does your browser let on?</h3>
        <p>A browser hides a 304 from scripts: it hands over the stored content as a <code>200</code>. But a script that
          brings its own <code>If-None-Match</code> gets the server’s bare word. Put that beside the timing entry of
          the browser’s own question, and it shows whether the ledger can tell the two apart.</p>
        <p>${button}</p>
        ${results.node}
        ${verdict}
      </section>`,
  };
}

async function compare(address, results) {
  // Stored for certain now, even if the browser had cleared it away meanwhile.
  const stored = await trial(address);
  const tag = stored.field('etag');
  if (tag === 'none') return 'The server sends no entity tag, so there is nothing to ask with.';

  // With a precondition of its own a script is past the cache, and sees the 304 itself.
  const hand = await trial(address, { cache: 'no-store', headers: { 'If-None-Match': tag } });
  results.add([element('code', {}, `If-None-Match: ${tag}`), String(hand.status), costCell(hand)]);
  const own = await trial(address, { cache: 'no-cache' });
  results.add(['the browser’s own question', `${own.status}, as shown to scripts`, costCell(own)]);
  if (hand.status !== 304) {
    return `The server answered ${hand.status} to its own entity tag, so it does not validate, and nothing follows for the browser.`;
  }
  if (!own.line) return 'The server said 304, but the browser made no entry of it.';

  const tells = own.line.cost === 'revalidated';
  rememberTells304(tells);
  dispatchEvent(new Event('larder:told'));
  return tells
    ? 'The server said 304 and the entry says revalidated. In this browser the ledger can be believed.'
    : `The server said 304, and the entry has it as ${bytes(own.line.wire)} on the wire. This browser does not let on: from here the ledger says “${WORDS.either}”.`;
}
