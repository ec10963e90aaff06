// History-API routes: which module draws which path, and what a reader must not
// lose when the document does not change: focus, scroll position and title.

import { html } from './dom.js';

const ROUTES = [
  [/^\/$/, () => import('../routes/home.js')],
  [/^\/lifetime$/, () => import('../routes/lifetime.js')],
  [/^\/validation$/, () => import('../routes/validation.js')],
  [/^\/reload$/, () => import('../routes/reload.js')],
  [/^\/lab\/(?<who>[^/]+)$/, () => import('../routes/lab/lab.js')],
  [/^\/skew$/, () => import('../routes/skew.js')],
];

let shown = '';
let turn = 0;

/** Draws the route of the present URL and takes over links and history. */
export async function startRouter() {
  // The browser would restore the scroll position before the route is drawn.
  history.scrollRestoration = 'manual';
  if (!history.state?.key) history.replaceState({ key: newKey() }, '');
  document.addEventListener('click', follow);
  addEventListener('popstate', () => { if (location.pathname !== shown) show({ returning: true }); });
  addEventListener('scroll', debounced(rememberScroll, 120), { passive: true });
  addEventListener('pagehide', rememberScroll);
  await show({ first: true });
}

function follow(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || !match(link.pathname)) return;
  if (link.pathname === location.pathname && link.hash) return;
  event.preventDefault();
  if (link.pathname !== location.pathname) {
    rememberScroll();
    history.pushState({ key: newKey() }, '', link.href);
  }
  show({});
}

function match(path) {
  for (const [pattern, load] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return { load, params: found.groups ?? {} };
  }
  return null;
}

async function show({ first = false, returning = false }) {
  const mine = ++turn;
  const path = location.pathname;
  const route = match(path);
  const view = route ? await drawnBy(route) : absent(path);
  // A slow module must not overwrite the route that was chosen after it.
  if (mine !== turn) return;
  shown = path;

  document.title = `${view.title} · larder`;
  document.getElementById('intro').replaceChildren(view.intro);
  document.getElementById('rest').replaceChildren(view.rest);
  document.getElementById('main').classList.remove('opening');
  for (const link of document.querySelectorAll('.labels a')) {
    if (link.pathname === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }

  if (first) {
    scrollTo(0, rememberedScroll());
    return;
  }
  // A focused heading is read out, so the change of route needs no announcement besides.
  const heading = document.querySelector('#intro h1');
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, returning ? rememberedScroll() : 0);
}

async function drawnBy({ load, params }) {
  try {
    const module = await load();
    return await module.draw(params);
  } catch (error) {
    return broken(error);
  }
}

/** No route has this path; the server could not know that and answered with the document. */
function absent(path) {
  return {
    title: 'Nothing here',
    intro: html`<h1>Nothing on this shelf</h1><p class="lede">No route is called <code>${path}</code>.</p>`,
    rest: html`<p>The server answered with the document of this application, as it does for every route, since only the
      application knows its routes. The application knows none by this name. <a href="/">Back to the shelf</a>.</p>`,
  };
}

/** A lazy module did not come: offline, or the site was published anew under this open tab. */
function broken(error) {
  return {
    title: 'This part did not come',
    intro: html`<h1>This part did not come</h1><p class="lede">A module of this route could not be loaded.</p>`,
    rest: html`<p>Either the network is away, or a newer release of the site no longer has the module that this
      open tab asks for; <a href="/skew">Gone missing</a> is about the latter. Loading the document again gets the
      names of today.</p><p><code class="breaks">${String(error)}</code></p>`,
  };
}

function newKey() {
  return Math.random().toString(36).slice(2, 10);
}

function rememberScroll() {
  try {
    sessionStorage.setItem(`larder.scroll.${history.state?.key}`, String(Math.round(scrollY)));
  } catch { /* Storage is refused: returning starts at the top. */ }
}

function rememberedScroll() {
  try {
    return Number(sessionStorage.getItem(`larder.scroll.${history.state?.key}`)) || 0;
  } catch {
    return 0;
  }
}

function debounced(act, wait) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
}
