// What a resource cost, read from the browser's own timing entries.
//
// The Resource Timing API was not made to tell a cache hit from a download; it
// only lets it be inferred, and not in every engine. Every inference is here.

/** The costs that can be told apart, cheapest first. */
export const COSTS = ['cache', 'revalidated', 'downloaded', 'either', 'error', 'untold'];

/** How each cost is worded in the ledger. */
export const WORDS = {
  cache: 'from cache',
  revalidated: 'revalidated',
  downloaded: 'downloaded',
  either: 'downloaded or revalidated',
  error: 'error',
  untold: 'not told',
};

/** The engine by its own statement; it only chooses which doubts are shown. */
export const engine = (() => {
  const agent = navigator.userAgent;
  if (/Firefox\//.test(agent)) return 'Gecko';
  if (/Chrom(e|ium)\//.test(agent)) return 'Chromium';
  if (/AppleWebKit\//.test(agent)) return 'WebKit';
  return 'unknown';
})();

/**
 * What one entry says its resource cost.
 *
 * `tells304` is false in an engine whose entries do not distinguish a 304 from
 * a download. The order matters: a failed load has transferSize 300 and would
 * otherwise look like a revalidation.
 */
export function costOf(entry, tells304 = engine !== 'Gecko') {
  const { transferSize: wire, encodedBodySize: encoded, decodedBodySize: decoded } = entry;
  const status = entry.responseStatus ?? 0;
  if (status >= 400) return 'error';
  if (status === 304) return 'revalidated'; // Only where a script asked with a precondition of its own.
  if (wire === 0) return decoded > 0 ? 'cache' : 'untold';
  if (entry.responseStatus === 0 && encoded === 0) return 'untold'; // No response came at all.
  // A 304 carries fields and no content, and the standard counts 300 bytes for
  // fields. Content from the disk keeps its sizes beside that; content that the
  // tab still had in memory is entered without any, which looks like an empty
  // download and costs the same.
  if (wire === 300 || (encoded > 0 && wire < encoded)) return 'revalidated';
  return tells304 ? 'downloaded' : 'either';
}

const KINDS = {
  js: 'script', mjs: 'script', css: 'style', woff2: 'font', woff: 'font',
  svg: 'image', png: 'image', jpg: 'image', avif: 'image', webp: 'image',
  webmanifest: 'manifest', json: 'data',
};

/**
 * A resource's name taken apart: folder, stem, fingerprint (if the name seems
 * to carry one) and extension. `same` is equal for two fingerprints of one resource.
 */
export function nameOf(address) {
  const path = new URL(address, location.href).pathname;
  const cut = path.lastIndexOf('/') + 1;
  const last = path.slice(cut);
  const parts = /^(.+?)[.-](?=[^.]*\d)([0-9A-Za-z_]{8,32})\.(\w+)$/.exec(last);
  const [stem, print, ending] = parts
    ? parts.slice(1)
    : [last.replace(/\.\w+$/, ''), '', /\.(\w+)$/.exec(last)?.[1] ?? ''];
  return { path, folder: path.slice(0, cut), stem, print, ending, same: `${path.slice(0, cut)}${stem}.${ending}` };
}

/** One line of the ledger, from a navigation or resource timing entry. */
export function lineOf(entry, tells304) {
  const name = nameOf(entry.name);
  const isExperiment = entry.initiatorType === 'fetch';
  // An experiment's document comes by fetch; only its path, a route, gives it away.
  const isDocument = entry.entryType === 'navigation' || (isExperiment && !(name.ending in KINDS));
  return {
    name,
    kind: isDocument ? 'document' : KINDS[name.ending] ?? (entry.initiatorType || 'other'),
    isDocument,
    // The lab's own refetches must not be mistaken for what the visit cost.
    isExperiment,
    cost: costOf(entry, tells304),
    status: entry.responseStatus ?? 0,
    wire: entry.transferSize,
    encoded: entry.encodedBodySize,
    decoded: entry.decodedBodySize,
    coding: entry.contentEncoding ?? '',
    protocol: entry.nextHopProtocol ?? '',
    start: entry.startTime,
    duration: entry.duration,
  };
}

/**
 * The lines with later cache hits of one resource counted on its first line:
 * using what is on the shelf once more is not another entry.
 */
export function merged(lines) {
  const firsts = new Map();
  return lines.filter((line) => {
    const first = firsts.get(line.name.path);
    if (!first) firsts.set(line.name.path, line);
    else if (line.cost === 'cache') first.again = (first.again ?? 0) + 1;
    return !first || line.cost !== 'cache';
  });
}

/** Sums over ledger lines. */
export function sumOf(lines) {
  const sum = { count: lines.length, wire: 0, encoded: 0, decoded: 0, of: {} };
  for (const line of lines) {
    sum.wire += line.wire;
    sum.encoded += line.encoded;
    sum.decoded += line.decoded;
    sum.of[line.cost] = (sum.of[line.cost] ?? 0) + 1;
  }
  return sum;
}

const listeners = new Set();
const seen = [];

/**
 * Calls `heard` with every resource entry so far, then again when there are more.
 * Buffered: entries from before this module ran are not lost.
 */
export function watchEntries(heard) {
  if (listeners.size === 0) {
    // 250 entries is the default, and the 251st would be dropped in silence.
    performance.setResourceTimingBufferSize(2000);
    const observer = new PerformanceObserver((list) => {
      seen.push(...list.getEntries());
      for (const listener of listeners) listener(seen);
    });
    observer.observe({ type: 'resource', buffered: true });
  }
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** The entry of the document itself. */
export function navigation() {
  return performance.getEntriesByType('navigation')[0];
}

/** The first entry for `address` that began at or after `since`, waiting up to a second for it. */
export function entryAfter(address, since) {
  return new Promise((resolve) => {
    let stop = () => {};
    const settle = (entry) => { clearTimeout(patience); stop(); resolve(entry); };
    const patience = setTimeout(() => settle(null), 1000);
    const look = (entries) => {
      const found = entries.find((entry) => entry.name === address && entry.startTime >= since);
      if (found) settle(found);
    };
    stop = watchEntries(look);
    look(seen);
  });
}
