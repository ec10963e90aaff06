// This visit and the last: one small record in the browser's own storage.
// A visit is one load of the document; nothing leaves the browser.

const LAST = 'larder.visit';
const TELLS = 'larder.tells304';

let forgotten = false;

/** The record of the visit before this one, or null. */
export const last = read(LAST);

/** What makes two lines one resource across visits: its name less the fingerprint, or being the document. */
export function sameAs(line) {
  return line.isDocument ? 'document' : line.name.same;
}

/** Keeps this visit's lines for the next visit to compare with. */
export function keep(lines, how) {
  write(LAST, {
    when: Math.round(performance.timeOrigin),
    how,
    lines: lines.map((line) => ({
      same: sameAs(line), print: line.name.print, cost: line.cost, wire: line.wire, encoded: line.encoded, decoded: line.decoded,
    })),
  });
}

/** Whether this browser was seen to tell a 304 from a download; undefined before the test. */
export function tells304() {
  const found = read(TELLS);
  // A verdict is only as good as the version it was made in.
  return found?.agent === navigator.userAgent ? found.tells : undefined;
}

/** Remembers the verdict of the test on the route about validation. */
export function rememberTells304(tells) {
  write(TELLS, { agent: navigator.userAgent, tells });
}

/** Drops all that was kept, and keeps nothing more of this visit. */
export function forget() {
  forgotten = true;
  try {
    localStorage.removeItem(LAST);
    localStorage.removeItem(TELLS);
  } catch { /* Storage is refused: nothing was kept. */ }
}

/** `3 minutes ago`, in the reader's own words for it. */
export function ago(when) {
  const minutes = (when - Date.now()) / 60000;
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (minutes > -1) return 'a moment ago';
  if (minutes > -60) return words.format(Math.round(minutes), 'minute');
  if (minutes > -1440) return words.format(Math.round(minutes / 60), 'hour');
  return words.format(Math.round(minutes / 1440), 'day');
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  if (forgotten) return;
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* Storage is full or refused: the next visit has nothing to compare with. */ }
}
