// node icon_url.mjs SCRIPT IMAGE LINK: runs case 10's script in a document that has this style sheet link and whose computed
// background image is IMAGE, and prints the URL that it makes for its marker.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const [script, image, link] = process.argv.slice(2);
const selects = (selector) => link.endsWith(/\[href\$="(.*)"\]/.exec(selector)[1]);
const document = { querySelector: (selector) => (selects(selector) ? { href: link } : null) };
const window = {};
vm.runInNewContext(readFileSync(script, "utf8"), { document, window });
console.log(window.iconUrl(`url("${image}")`));
