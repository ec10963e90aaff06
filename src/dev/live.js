// The browser's half of `larder dev`: it swaps what can be swapped, reloads for the rest, and shows what is wrong.
//
// It is served as a script of its own, so that a Content-Security-Policy of `script-src 'self'` lets it run; its styles are
// constructed, which no policy forbids; and whatever came from outside is only ever put in as text.
(() => {
  'use strict';
  const own = document.currentScript;
  if (!own || window[Symbol.for('larder.live')]) return;
  window[Symbol.for('larder.live')] = true;

  const RETRY = { first: 200, most: 4000 };
  let snapshot = null; // the mark of the snapshot that this page is known to show
  let leaving = false;
  let swaps = 0;

  // ── The connection ──────────────────────────────────────────────────────────────────────────────────────────────

  let pause = RETRY.first;
  let timer = 0;

  function connect() {
    clearTimeout(timer);
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/-/larder/live`);
    socket.onopen = () => {
      pause = RETRY.first;
      // What changed since this page began to load is told once more.
      socket.send(JSON.stringify({ age: snapshot === null ? Math.ceil(performance.now()) : 0 }));
    };
    socket.onmessage = event => hear(JSON.parse(event.data));
    socket.onclose = () => {
      if (leaving) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, RETRY.most);
    };
  }

  function hear(message) {
    switch (message.type) {
      case 'hello':
        if (snapshot !== null && snapshot !== message.snapshot) return reload();
        snapshot = message.snapshot;
        if (message.asDeployed) whenLoaded(showVisit);
        return;
      case 'css':
        snapshot = message.snapshot;
        return isError() ? reload() : message.paths.forEach(swapStyle);
      case 'image':
        snapshot = message.snapshot;
        return isError() ? reload() : message.paths.forEach(swapImage);
      case 'reload':
        return reload();
      case 'overlay':
        return showOverlay(message.problems);
      case 'clear':
        return hideOverlay();
    }
  }

  /** Is this page there instead of what was asked for? Then whatever comes may be that. */
  function isError() {
    return document.body?.hasAttribute('data-larder-error');
  }

  addEventListener('pagehide', () => { leaving = true; });
  addEventListener('pageshow', event => {
    if (!event.persisted) return;
    leaving = false;
    connect();
  });
  addEventListener('online', connectNow);
  document.addEventListener('visibilitychange', connectNow);
  function connectNow() {
    if (timer && document.visibilityState === 'visible' && pause > RETRY.first) {
      pause = RETRY.first;
      connect();
    }
  }

  // ── Reloading, at the same place ────────────────────────────────────────────────────────────────────────────────

  const SCROLL = 'larder:scroll';

  function reload() {
    if (leaving) return;
    leaving = true;
    try {
      sessionStorage.setItem(SCROLL, JSON.stringify([location.href, scrollX, scrollY]));
    } catch { /* storage is off: the browser's own memory has to do */ }
    location.reload();
  }

  function restoreScroll() {
    let kept;
    try {
      kept = JSON.parse(sessionStorage.getItem(SCROLL));
      sessionStorage.removeItem(SCROLL);
    } catch { return; }
    if (!kept || kept[0] !== location.href) return;
    const [, x, y] = kept;
    const end = performance.now() + 2000;
    let stopped = false;
    for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
      addEventListener(type, () => { stopped = true; }, { once: true, passive: true, capture: true });
    }
    // The page may grow for a while before there is such a place.
    const step = () => {
      if (stopped || performance.now() > end) return;
      if (scrollX !== x || scrollY !== y) scrollTo({ left: x, top: y, behavior: 'instant' });
      if (document.readyState !== 'complete' || scrollY !== y) requestAnimationFrame(step);
    };
    step();
  }

  function whenLoaded(then) {
    if (document.readyState === 'complete') then();
    else addEventListener('load', then, { once: true });
  }

  // ── Swapping ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Does `url`, as it is written, lead to `path` of this site? */
  function leadsTo(url, path, base = document.baseURI) {
    try {
      const { origin, pathname } = new URL(url, base);
      return origin === location.origin && decodeURIComponent(pathname) === path;
    } catch { return false; }
  }

  /** The same address under a name that no cache has yet. */
  function anew(url, base = document.baseURI) {
    const fresh = new URL(url, base);
    fresh.searchParams.set('larder', String(++swaps));
    return fresh.href;
  }

  /** The document and every open shadow tree in it. */
  function* roots(root = document) {
    yield root;
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) yield* roots(element.shadowRoot);
    }
  }

  function swapStyle(path) {
    let found = false;
    for (const root of roots()) {
      for (const link of root.querySelectorAll('link[rel~="stylesheet" i][href]')) {
        if (!leadsTo(link.href, path) || link.dataset.larderOld) continue;
        found = true;
        const next = link.cloneNode();
        next.href = anew(link.href);
        link.dataset.larderOld = 'true';
        // The old one stays until the new one holds: no flash of a page without its style.
        next.onload = () => link.remove();
        next.onerror = () => { next.remove(); delete link.dataset.larderOld; };
        link.after(next);
      }
      for (const sheet of root.styleSheets) {
        if (swapImport(sheet, path)) found = true;
      }
    }
    if (!found && wasFetched(path)) reload();
  }

  function rulesOf(sheet) {
    try { return sheet.cssRules; } catch { return []; } // another site's
  }

  function swapImport(sheet, path) {
    let found = false;
    [...rulesOf(sheet)].forEach((rule, at) => {
      if (!(rule instanceof CSSImportRule)) return;
      const base = sheet.href || document.baseURI;
      if (leadsTo(rule.href, path, base)) {
        found = true;
        const text = rule.cssText.replace(/url\((?:"[^"]*"|[^)]*)\)/, `url(${JSON.stringify(anew(rule.href, base))})`);
        const next = sheet.cssRules[sheet.insertRule(text, at + 1)];
        const end = performance.now() + 3000;
        const whenThere = () => {
          if (!next.styleSheet && performance.now() < end) return requestAnimationFrame(whenThere);
          const old = [...sheet.cssRules].indexOf(rule);
          if (old >= 0) sheet.deleteRule(old);
        };
        whenThere();
      } else if (rule.styleSheet && swapImport(rule.styleSheet, path)) {
        found = true;
      }
    });
    return found;
  }

  /** Did a script of this page fetch it? */
  function wasFetched(path) {
    return performance.getEntriesByType('resource').some(entry => leadsTo(entry.name, path));
  }

  const IMAGES = [['img', 'src'], ['input[type="image" i]', 'src'], ['video', 'poster'], ['image', 'href'], ['image', 'xlink:href'], ['use', 'href'], ['object', 'data'], ['embed', 'src'], ['link[rel~="icon" i]', 'href']];

  async function swapImage(path) {
    const url = anew(path.split('/').map(encodeURIComponent).join('/'));
    // Fetched before anything points at it, so that the old one stays until then.
    await new Promise(done => {
      const image = new Image();
      image.onload = image.onerror = done;
      image.src = url;
    });
    for (const root of roots()) {
      for (const [selector, name] of IMAGES) {
        for (const element of root.querySelectorAll(selector)) {
          const value = element.getAttribute(name);
          if (value && leadsTo(value, path)) element.setAttribute(name, url + new URL(value, document.baseURI).hash);
        }
      }
      for (const element of root.querySelectorAll('[srcset], [imagesrcset]')) {
        for (const name of ['srcset', 'imagesrcset']) {
          const value = element.getAttribute(name);
          if (value) replaceIn(value, /[^\s,][^\s]*[^\s,]/g, part => leadsTo(part, path) ? url : part, text => element.setAttribute(name, text));
        }
      }
      for (const element of root.querySelectorAll('[style*="url("]')) swapInStyle(element.style, path, url, document.baseURI);
      for (const sheet of [...root.styleSheets, ...(root.adoptedStyleSheets || [])]) swapInRules(sheet, path, url, sheet.href || document.baseURI);
    }
  }

  function replaceIn(value, pattern, swap, set) {
    const text = value.replace(pattern, swap);
    if (text !== value) set(text);
  }

  function swapInRules(owner, path, url, base) {
    for (const rule of rulesOf(owner)) {
      if (rule.style) swapInStyle(rule.style, path, url, base);
      if (rule.styleSheet) swapInRules(rule.styleSheet, path, url, rule.styleSheet.href || base);
      else if (rule.cssRules) swapInRules(rule, path, url, base);
    }
  }

  function swapInStyle(style, path, url, base) {
    for (const name of [...style]) {
      const value = style.getPropertyValue(name);
      if (!value.includes('url(')) continue;
      const swap = (all, quoted, bare) => leadsTo(quoted ?? bare, path, base) ? `url(${JSON.stringify(url)})` : all;
      replaceIn(value, /url\(\s*(?:["']([^"']*)["']|([^)"'\s]*))\s*\)/g, swap, text => style.setProperty(name, text, style.getPropertyPriority(name)));
    }
  }

  // ── What is shown on top of the page ────────────────────────────────────────────────────────────────────────────

  /** An element with text in it: never with markup. */
  function make(name, className, text, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    element.append(...children);
    return element;
  }

  function host(name, css) {
    const element = document.createElement(name);
    const shadow = element.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    return element;
  }

  let overlay = null;

  function hideOverlay() {
    overlay?.remove();
    overlay = null;
  }

  function showOverlay(problems) {
    hideOverlay();
    overlay = host('larder-overlay', OVERLAY);
    const close = make('button', 'close', '×');
    close.title = 'Close until something else is wrong (Esc)';
    close.setAttribute('aria-label', 'Close');
    close.onclick = hideOverlay;
    const count = problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`;
    const panel = make('section', 'panel', '',
      make('header', '', '', make('span', 'mark', 'larder'), make('h1', '', count), close),
      ...problems.map(problemCard),
      make('footer', '', 'Save the file: this goes away when it is mended.'));
    panel.setAttribute('role', 'alertdialog');
    panel.setAttribute('aria-label', count);
    overlay.shadowRoot.append(make('div', 'backdrop', '', panel));
    document.documentElement.append(overlay);
  }

  function problemCard(problem) {
    const card = make('article', problem.severity, '', make('h2', '', problem.title));
    if (problem.file) {
      const place = problem.line ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
      card.append(make('p', 'place', place));
    }
    if (problem.excerpt?.length) {
      const code = make('div', 'code');
      for (const line of problem.excerpt) {
        const row = make('div', line.number === problem.line ? 'row here' : 'row', '', make('span', 'number', String(line.number)), make('span', 'text', line.text || ' '));
        code.append(row);
        if (line.number === problem.line && line.caret) {
          code.append(make('div', 'row caret', '', make('span', 'number'), make('span', 'text', ' '.repeat(line.caret - 1) + '▲')));
        }
      }
      card.append(code);
    }
    if (problem.help) card.append(make('p', 'help', '', make('strong', '', 'What to do: '), problem.help));
    return card;
  }

  addEventListener('keydown', event => {
    if (event.key === 'Escape' && overlay) hideOverlay();
  }, true);

  // ── What this visit cost, with --as-deployed ────────────────────────────────────────────────────────────────────

  function showVisit() {
    setTimeout(() => {
      const kinds = { kept: [], asked: [], fetched: [] };
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
      for (const entry of entries) {
        const url = new URL(entry.name);
        if (url.origin !== location.origin || url.pathname.startsWith('/-/larder/')) continue;
        const kind = entry.transferSize === 0 ? 'kept' : entry.transferSize < entry.encodedBodySize || entry.transferSize <= 300 && entry.encodedBodySize > 0 ? 'asked' : 'fetched';
        // What a page names twice, as an icon, was fetched once and kept once.
        if (!kinds[kind].some(([path]) => path === url.pathname)) kinds[kind].push([url.pathname, entry.transferSize]);
      }
      const bytes = kinds.fetched.reduce((sum, [, size]) => sum + size, 0);
      const fetched = kinds.fetched.length ? `${kinds.fetched.length} fetched, ${(bytes / 1000).toFixed(1)} kB` : 'nothing fetched';
      const element = host('larder-visit', VISIT);
      const details = make('details', '', '', make('summary', '', `${kinds.kept.length} kept · ${kinds.asked.length} asked for (304) · ${fetched}`));
      for (const [kind, title] of [['fetched', 'Fetched'], ['asked', 'Asked for, and not changed'], ['kept', 'Kept, without asking']]) {
        if (kinds[kind].length) details.append(make('h3', kind, title), make('ul', '', '', ...kinds[kind].map(([path]) => make('li', '', path))));
      }
      const close = make('button', 'close', '×');
      close.setAttribute('aria-label', 'Close');
      close.onclick = () => element.remove();
      element.shadowRoot.append(make('aside', '', '', details, close));
      document.documentElement.append(element);
    }, 300);
  }

  const OVERLAY = `
    :host { all: initial; position: fixed; inset: 0; z-index: 2147483647; }
    * { box-sizing: border-box; margin: 0; }
    .backdrop { position: absolute; inset: 0; overflow: auto; padding: min(8vh, 64px) 16px; background: rgb(16 18 27 / .72); backdrop-filter: blur(3px); font: 15px/1.5 system-ui, sans-serif; }
    .panel { max-width: 820px; margin: 0 auto; background: #fffdf8; color: #23222b; border-radius: 14px; box-shadow: 0 24px 80px rgb(0 0 0 / .45); overflow: hidden; }
    header { display: flex; align-items: center; gap: 12px; padding: 16px 22px; background: #b3261e; color: #fff; }
    .mark { font-weight: 700; letter-spacing: .02em; padding: 1px 9px; border: 1.5px solid rgb(255 255 255 / .7); border-radius: 99px; font-size: 13px; }
    h1 { flex: 1; font-size: 17px; font-weight: 600; }
    button { all: unset; cursor: pointer; font-size: 24px; line-height: 1; padding: 2px 8px; border-radius: 8px; }
    button:hover, button:focus-visible { background: rgb(255 255 255 / .2); }
    article { padding: 20px 22px; border-bottom: 1px solid #e9e4d8; }
    h2 { font-size: 16px; font-weight: 600; overflow-wrap: anywhere; }
    .place { margin-top: 2px; font: 13px/1.6 ui-monospace, monospace; color: #a3271f; overflow-wrap: anywhere; }
    .code { margin-top: 12px; padding: 10px 0; background: #1d1f2b; color: #d9dbe6; border-radius: 10px; font: 13px/1.65 ui-monospace, monospace; overflow-x: auto; }
    .row { display: flex; white-space: pre; width: max-content; min-width: 100%; padding-right: 16px; }
    .row.here { background: rgb(255 107 97 / .16); }
    .row.caret { color: #ff8a80; line-height: 1; }
    .number { flex: none; width: 56px; padding-right: 16px; text-align: right; color: #757a92; user-select: none; }
    .here .number { color: #ff8a80; }
    .help { margin-top: 12px; overflow-wrap: anywhere; white-space: pre-line; }
    .help strong { color: #17714a; }
    footer { padding: 14px 22px; color: #6d6a63; font-size: 13px; }
    @media (max-width: 480px) {
      .backdrop { padding: 16px 10px; } header, article, footer { padding-left: 16px; padding-right: 16px; }
      .number { width: 38px; padding-right: 10px; }
    }
    @media (prefers-color-scheme: dark) {
      .panel { background: #24252f; color: #ececf1; } article { border-color: #383a48; } .place { color: #ff8a80; }
      .code { background: #15161e; } .help strong { color: #6fd6a2; } footer { color: #9a9aa5; }
    }`;

  const VISIT = `
    :host { all: initial; position: fixed; right: 14px; bottom: 14px; z-index: 2147483646; }
    aside { display: flex; gap: 8px; align-items: start; max-width: min(100vw - 28px, 460px); box-sizing: border-box; padding: 9px 12px; background: #1d1f2b; color: #ececf1; border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / .3); font: 13px/1.5 system-ui, sans-serif; }
    summary { cursor: pointer; } details[open] { max-height: 50vh; overflow: auto; }
    h3 { margin: 10px 0 2px; font-size: 12px; font-weight: 600; } .fetched { color: #ffb4a9; } .asked { color: #ffe08a; } .kept { color: #7fdcae; }
    ul { margin: 0; padding: 0 0 0 2px; list-style: none; font: 12px/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
    button { all: unset; cursor: pointer; padding: 0 4px; font-size: 16px; line-height: 1.2; color: #9a9aa5; }`;

  restoreScroll();
  connect();
})();
