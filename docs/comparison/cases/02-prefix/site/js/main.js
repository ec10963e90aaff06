import { a } from "⟦./foo.js⟧";
import { b } from "⟦./foo-bar.js⟧";
import { c } from "⟦./vendor/foo.js⟧";
const kinds = { "foo": a, "foo-bar": b, 'vendor/foo': c };
console.log(kinds['foo'], kinds["vendor/foo"]);
