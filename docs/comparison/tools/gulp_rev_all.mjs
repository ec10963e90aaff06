// node gulp_rev_all.mjs SITE OUT: gulp-rev-all as its read-me shows it for a site with documents,
// and the original files beside, which it would not keep of itself.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const gulp = require("gulp");
const RevAll = require("gulp-rev-all").default ?? require("gulp-rev-all");
const [site, out] = process.argv.slice(2);

gulp
  .src(`${site}/**`, { encoding: false })
  .pipe(gulp.dest(out))
  .pipe(RevAll.revision({ dontRenameFile: [/^\/favicon.ico$/g, ".html"] }))
  .on("error", (error) => { console.error(error); process.exit(1); })
  .pipe(gulp.dest(out));
