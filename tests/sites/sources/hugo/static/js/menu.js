import { greet } from "./words.js";
document.body.append(greet());
console.log("menu");
