// What each way of coming back does to a stored response.

import { element, html } from '../app/dom.js';
import { visitWords } from '../app/ledger.js';

export function draw() {
  const button = element('button', { type: 'button' }, 'Reload this document');
  button.addEventListener('click', () => location.reload());
  return {
    title: 'Reload and hard reload',
    intro: html`
      <h1>Reload, and hard reload</h1>
      <p class="lede">There are four ways back to a document, and each looks into the larder differently. You came here
        by ${visitWords()}.</p>`,
    rest: html`
      <p>${button}</p>
      <p class="aside">The document comes back at this route and at this place; then compare the ledger with the last visit.</p>

      <h2>What each one asks for</h2>
      <div class="scroll" tabindex="0" role="group" aria-label="Ways of coming back">
      <table class="ways">
        <thead><tr><th scope="col">You</th><th scope="col">Document<br><small>no-cache</small></th>
          <th scope="col">Fingerprinted<br><small>max-age, immutable</small></th></tr></thead>
        <tbody>
          <tr><th scope="row">follow a link</th><td>asked about</td><td>used unasked</td></tr>
          <tr><th scope="row">go back or forward</th><td>restored whole, or asked about</td><td>restored whole, or used unasked</td></tr>
          <tr><th scope="row">reload</th><td>asked about</td><td>used unasked</td></tr>
          <tr><th scope="row">hard reload</th><td>downloaded</td><td>downloaded</td></tr>
        </tbody>
      </table>
      </div>

      <h2>Where engines differ</h2>
      <dl class="terms">
        <div><dt>Chromium</dt><dd>Since 2017 a reload asks about the document and leaves fresh subresources alone, with
          <code>immutable</code> or without.</dd></div>
        <div><dt>Firefox</dt><dd>Does the same today. It was the first with <code>immutable</code>, and used to need it.</dd></div>
        <div><dt>WebKit</dt><dd>A reload fetches the document anew and asks about every subresource, except over HTTPS
          those that are <code>immutable</code>. This is where that word still earns its keep.</dd></div>
      </dl>

      <h2>The hard reload</h2>
      <p>Shift with the reload button, or <kbd>Ctrl</kbd>&nbsp;<kbd>Shift</kbd>&nbsp;<kbd>R</kbd>
        (<kbd>⌘</kbd>&nbsp;<kbd>Shift</kbd>&nbsp;<kbd>R</kbd>; in Safari <kbd>⌥</kbd>&nbsp;<kbd>⌘</kbd>&nbsp;<kbd>R</kbd>). All that
        the document names is fetched as if nothing had been kept. No script can do that, which is as well:
        a site that needs it has told its readers a date it could not keep.</p>
      <p>A hard reload ends with the load of the document. Modules that a route fetches later come from the cache again.</p>

      <h2>Back and forward</h2>
      <p>A browser may keep the whole document alive, scripts and all, and bring it back in one piece. Then there are no
        requests and no new entries, and the ledger says so. Between the routes of this site nothing is loaded
        at all: the document stays, and only what it shows is exchanged.</p>`,
  };
}
