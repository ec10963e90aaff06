// What a server must say of an asset that it does not have.

import { announce, element, html } from '../app/dom.js';
import { resultTable, trial } from '../app/experiment.js';

// A name as an old release might have had. There never was such a resource.
const GONE = '/chunk/gone.0badc0de0badc0de.js';

export function draw() {
  const results = resultTable(['asked', 'status', 'Content-Type', 'Cache-Control', 'cost']);
  const button = element('button', { type: 'button' }, 'Ask for it twice');
  const verdict = element('p', { class: 'verdict' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    verdict.textContent = await askTwice(results).catch((error) => `The request failed: ${error}`);
    announce(verdict.textContent);
    button.disabled = false;
    button.focus();
  });

  return {
    title: 'Gone missing',
    intro: html`
      <h1>Gone missing</h1>
      <p class="lede">You opened a tab yesterday. Today the site was published anew, every module has a new name,
        and your tab asks for an old one.</p>`,
    rest: html`
      <h2>Ask for something that is not there</h2>
      <p>This asks for <code class="breaks">${GONE}</code>, which never was. The browser’s console will
        report a <code>404</code>, and rightly.</p>
      <p>${button}</p>
      ${results.node}
      ${verdict}

      <h2>The right answer</h2>
      <pre class="fields"><code>404 Not Found
Cache-Control: no-store
Content-Type: text/plain; charset=utf-8</code></pre>
      <p>It says no, it is not dressed up as a script, and nobody keeps it. If the module turns up a moment later,
        because the rest of a release was still on its way, the next question finds it.</p>

      <h2>The wrong answer</h2>
      <pre class="fields"><code>200 OK
Cache-Control: public, max-age=31536000, immutable
Content-Type: text/html</code></pre>
      <p>Many a server gives the application’s document for every path it does not know, and the fields of assets
        to every path that looks like one. Together they put a document on the shelf under a script’s name, for a year.
        The browser refuses to run it and, in Chromium, never asks again. The tab stays blank until someone
        thinks of a hard reload.</p>
      <p>larder decides by what was served, not by how the path looks. An error is <code>no-store</code> wherever it happens.</p>

      <h2>And a path with a dot?</h2>
      <p>A route may look like an asset. <a href="/lab/ada.lovelace">/lab/ada.lovelace</a> has a dot in it and is a
        route all the same.</p>`,
  };
}

async function askTwice(results) {
  const answers = [];
  for (const asked of ['first', 'again']) {
    const answer = await trial(GONE);
    answers.push(answer);
    results.add([asked, String(answer.status), answer.field('content-type'), element('code', {}, answer.field('cache-control')), costOf(answer)]);
  }
  return judge(answers[1]);
}

function costOf({ line, status }) {
  if (status >= 400) return 'asked the server';
  return line?.cost === 'cache' ? 'from cache, unasked' : 'asked the server';
}

function judge({ status, field }) {
  if (status < 400) return `Wrong: a ${status} with ${field('content-type')} for a script that does not exist.`;
  if (!/\bno-store\b/.test(field('cache-control'))) return `It is a ${status}, as it should be, but nothing forbids keeping it.`;
  return `Right: ${status} and no-store. It was asked for twice, since nobody kept the first answer.`;
}
