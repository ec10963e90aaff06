// A route with a dot in its path, from a lazy module with a style and an image of its own.

import { html } from '../../app/dom.js';

const style = new URL('./lab.css', import.meta.url);
const bench = new URL('./dresser.svg', import.meta.url);

let dressed = null;

export async function draw({ who }) {
  dressed ??= dress();
  await dressed;
  const name = readable(who);
  const picture = html`<img class="dresser" alt="A dresser with three shelves of banded jars, one of them open." width="720" height="420">`;
  picture.firstChild.src = bench.href;
  return {
    title: name,
    intro: html`
      <h1>A route with a dot in it</h1>
      <p class="lede">This is the larder of <strong>${name}</strong>. Its path is <code class="breaks">/lab/${who}</code>,
        and the part after the dot is not an extension, whatever it looks like.</p>`,
    rest: html`
      <figure class="stand">${picture}
        <figcaption>This picture and its style came with the module of this route, when you first came here.
          They are the newest jars on the shelf.</figcaption></figure>

      <h2>Why it is worth a route</h2>
      <p>A server that serves a single-page application must tell two questions apart. “Give me the route
        <code>/lab/ada.lovelace</code>” wants the document. “Give me the script <code>/app/ada.js</code>” wants a
        script, or a plain no. Deciding by the dot gets one of them wrong: usernames, versions and domain names all have dots.</p>
      <p>So larder asks first whether there is such a resource; then whether the ending is one that assets have;
        then what the browser says it is fetching for. <code>.lovelace</code> is no asset’s ending, so this is a route.</p>

      <h2>Neighbours</h2>
      <ul class="neighbours">
        <li><a href="/lab/grace.hopper">/lab/grace.hopper</a></li>
        <li><a href="/lab/v2.0">/lab/v2.0</a></li>
        <li><a href="/lab/example.org">/lab/example.org</a></li>
      </ul>
      <p class="aside">Follow one, then reload. It is the same document with the same entity tag, under another URL; as
        the URL is the cache’s key, it is downloaded once for each, and a fingerprinted asset once for all.</p>`,
  };
}

/** The style is waited for, so that the route is not seen undressed. */
function dress() {
  return new Promise((resolve) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = style.href;
    link.onload = resolve;
    link.onerror = resolve;
    document.head.append(link);
  });
}

/** `ada.lovelace` → `Ada Lovelace`; what cannot be decoded is shown as it came. */
function readable(who) {
  let plain = who;
  try { plain = decodeURIComponent(who); } catch { return who; }
  if (!/^\p{L}+\.\p{L}+$/u.test(plain) || /\.(org|com|net)$/.test(plain)) return plain;
  return plain.split('.').map((part) => part[0].toUpperCase() + part.slice(1)).join(' ');
}
