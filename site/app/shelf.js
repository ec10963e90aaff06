// The shelf: one jar per resource, its area in proportion to the resource's
// size and its glaze telling what it cost. The ledger says the same in words.

import { bytes, counted, drawn } from './dom.js';
import { WORDS, sumOf } from './timing.js';

const PROPORTION = 1.22;
const BOARD = 9;
const NARROW = 600;

/**
 * Draws the lines as jars into `place`: on one shelf, or on two where it is
 * narrow, as large as the fullest shelf and the height (less lid and knob) allow.
 */
export function drawShelf(place, lines) {
  const { clientWidth: room, clientHeight: height } = place;
  if (room === 0 || lines.length === 0) return;
  const narrow = room < NARROW;
  const gap = narrow ? 5 : 10;
  const sized = lines.map((line) => ({ line, root: Math.sqrt(Math.max(line.decoded, line.encoded, 120)) }));
  const rows = narrow ? halved(sized) : [sized];
  const rowHeight = height / rows.length;
  const scale = Math.min(
    (rowHeight - BOARD) / 1.18 / PROPORTION / Math.max(...sized.map(({ root }) => root)),
    ...rows.map((row) => (room - 8 - gap * row.length) / sumOfRoots(row)),
  );

  const drawing = rows.flatMap((row, index) => {
    const ground = rowHeight * (index + 1) - BOARD;
    let x = 4;
    const jars = row.map(({ line, root }) => {
      const width = Math.max(root * scale, 3);
      const pot = jar(line, x, ground, width, width * PROPORTION);
      x += width + gap;
      return pot;
    });
    return [...jars, drawn('rect', { class: 'board', y: ground, width: room, height: BOARD })];
  });

  const costs = Object.entries(sumOf(lines).of).map(([cost, count]) => `${count} ${WORDS[cost]}`).join(', ');
  place.replaceChildren(drawn('svg', {
    viewBox: `0 0 ${room} ${height}`, width: room, height, role: 'img',
    'aria-label': `A shelf of ${counted(lines.length, 'jar')}: ${costs}. The ledger has the figures.`,
  }, ...drawing));
}

function sumOfRoots(row) {
  return row.reduce((sum, { root }) => sum + root, 0);
}

/** Two shelves of about the same width, in order. */
function halved(sized) {
  const half = sumOfRoots(sized) / 2;
  let width = 0;
  const cut = sized.findIndex(({ root }) => {
    width += root;
    return width - root / 2 > half;
  });
  return cut > 0 ? [sized.slice(0, cut), sized.slice(cut)] : [sized];
}

function jar(line, x, ground, width, height) {
  const lid = Math.max(height * 0.09, 1.5);
  const overhang = Math.max(width * 0.05, 0.6);
  const round = Math.min(width * 0.09, 6);
  const top = ground - height;
  const large = width >= 30;
  return drawn('g', { class: `jar is-${line.cost}` },
    drawn('title', {}, `${line.name.stem} ${line.name.ending}, ${line.kind}: ${WORDS[line.cost]}, ${bytes(line.wire)} on the wire`),
    large ? drawn('rect', { class: 'knob', x: x + width * 0.41, y: top - lid * 1.75, width: width * 0.18, height: lid * 0.8, rx: lid * 0.3 }) : null,
    drawn('path', { class: 'glaze', d: pot(x, top, width, height, round) }),
    ...bands(line.cost, x, top, width, height, round),
    drawn('path', { class: 'outline', d: pot(x, top, width, height, round) }),
    drawn('rect', { class: 'lid', x: x - overhang, y: top - lid, width: width + overhang * 2, height: lid, rx: Math.min(lid * 0.35, 2) }),
    large ? plate(line, x, top, width, height) : null,
  );
}

/** A straight-sided pot with a rounded foot. */
function pot(x, top, width, height, round) {
  return `M${x} ${top}h${width}v${height - round}q0 ${round} ${-round} ${round}h${-(width - 2 * round)}q${-round} 0 ${-round} ${-round}z`;
}

/** Kept: banded all over. Asked about: one band, like a seal. Others: none. */
function bands(cost, x, top, width, height, round) {
  const band = (from, to) => drawn('path', {
    class: 'band',
    d: to >= 1
      ? `M${x} ${top + height * from}h${width}v${height * (1 - from) - round}q0 ${round} ${-round} ${round}h${-(width - 2 * round)}q${-round} 0 ${-round} ${-round}z`
      : `M${x} ${top + height * from}h${width}v${height * (to - from)}h${-width}z`,
  });
  if (cost === 'cache') return [band(0.05, 0.15), band(0.24, 0.34), band(0.66, 0.76), band(0.85, 1)];
  if (cost === 'revalidated') return [band(0.05, 0.15)];
  if (cost === 'either') return [band(0.85, 1)];
  return [];
}

/** The name on a jar: its extension, as flour and sugar have theirs. */
function plate(line, x, top, width, height) {
  const words = line.isDocument ? 'html' : line.name.ending;
  const size = Math.min(width / Math.max(words.length, 3.2) * 0.98, 24);
  return drawn('text', {
    class: 'name', x: x + width / 2, y: top + height * 0.5 + size * 0.35, 'font-size': size.toFixed(1), 'text-anchor': 'middle',
  }, words.toUpperCase());
}
