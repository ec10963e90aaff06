// Caching by lifetime, tried on an image whose name larder can fingerprint.

import { element, html } from '../app/dom.js';
import { bench } from '../app/experiment.js';
import { nameOf } from '../app/timing.js';

const specimen = new URL('../image/specimen.svg', import.meta.url);

export function draw() {
  const named = nameOf(specimen);
  const picture = element('img', { src: specimen.href, width: 320, height: 200, alt: 'A jar’s label: packed today, keeps for one year.' });
  return {
    title: 'Kept by date',
    intro: html`
      <h1>Kept by date</h1>
      <p class="lede">A response may say how long it stays fresh. Until that date the browser uses it without a
        word to anyone: no request, no wait, no bytes.</p>`,
    rest: html`
      <h2>What the server says</h2>
      <pre class="fields"><code>Cache-Control: public, max-age=31536000, immutable</code></pre>
      <dl class="terms">
        <div><dt><code>max-age</code></dt><dd>The freshness lifetime, in seconds. This is a year.</dd></div>
        <div><dt><code>immutable</code></dt><dd>The content will not change while it is fresh, so a reload need not ask
          either. Safari heeds it over HTTPS; Chromium and Firefox no longer ask on reload anyway.</dd></div>
        <div><dt><code>public</code></dt><dd>A cache shared by many may keep it too.</dd></div>
      </dl>

      <h2>Why it needs a fingerprint</h2>
      <p>A date is a promise that cannot be called back. Whoever holds the response will not ask for a year, whatever
        you publish. It is safe only if the name changes whenever the content does:</p>
      <figure class="specimen">
        ${picture}
        <figcaption>This image is called <code class="breaks">${named.stem}${named.print ? html`.<mark>${named.print}</mark>` : ''}.${named.ending}</code>
          here. ${named.print
            ? 'The marked part is a fingerprint of its content: other content, other name, other jar.'
            : html`The name carries no fingerprint, so the image should not be kept by date. Serve this site with
              <code>larder serve --build</code> and it gets one.`}</figcaption>
      </figure>

      ${bench('that image', specimen.href)}
      <p>With <code>default</code> a fresh response costs 0&nbsp;B and next to no time. The other two modes show what
        it would cost to ask although there is no need.</p>

      <h2>What ends it before its date</h2>
      <ul>
        <li>A hard reload, which only a person can do, for <a href="/reload">reasons given there</a>.</li>
        <li>The browser’s own housekeeping: room is short, and the longest unused goes first.</li>
        <li>Another site. The shelf is divided by the site you are on, so a font kept for one is not seen by another.</li>
      </ul>`,
  };
}
