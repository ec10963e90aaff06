// Making nodes and wording quantities: the few helpers that every route shares.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * A fragment of document from a template literal. Interpolated values become
 * nodes or text, never markup, so a name taken from the URL cannot inject any.
 */
export function html(strings, ...values) {
  const template = document.createElement('template');
  template.innerHTML = strings.join('<template data-slot></template>');
  const slots = template.content.querySelectorAll('template[data-slot]');
  slots.forEach((slot, index) => slot.replaceWith(values[index] ?? ''));
  return template.content;
}

/** One HTML element; attributes that are null or false are left out. */
export function element(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** One SVG element. */
export function drawn(name, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, name), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A polite word to assistive technology; repeated words are spoken again. */
export function announce(words) {
  const announcer = document.getElementById('announcer');
  announcer.textContent = '';
  requestAnimationFrame(() => { announcer.textContent = words; });
}

const whole = new Intl.NumberFormat('en');
const tenth = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Bytes in words: `0 B`, `300 B`, `26.6 kB`. */
export function bytes(count) {
  return count < 1000 ? `${whole.format(count)} B` : `${tenth.format(count / 1000)} kB`;
}

/** Milliseconds in words. */
export function milliseconds(time) {
  return time < 10 ? `${tenth.format(time)} ms` : `${whole.format(Math.round(time))} ms`;
}

/** `1 resource`, `2 resources`. */
export function counted(count, noun) {
  return `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
