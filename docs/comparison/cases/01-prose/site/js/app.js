// import "./dep.js"; was here before
const help = 'write: import { d } from "./dep.js";';
const like = /import "\.\/dep\.js";/;
console.log(help, like.test(help));
