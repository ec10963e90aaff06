import a,{b}from"./a.js";export*from'./b.mjs'
import("./a.js");import(`./a.js`);import(/* x */'./\u0061.js');import j from "./x.json" with{type:"json"}