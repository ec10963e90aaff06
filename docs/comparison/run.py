#!/usr/bin/env python3
"""Runs the cases of this folder through larder and other fingerprinting tools, judges what came out, and prints a table.

    python3 run.py --install                 # installs the tools into a temporary folder, runs everything
    python3 run.py --tools DIR --install     # … into DIR, and leaves them there; later: run.py --tools DIR
    python3 run.py --tools DIR --case 07 --keep OUTS

A case is a folder with `case.toml` and a small `site/`. In its files every real reference stands between ⟦ and ⟧; the marks
are taken out before a tool sees them. So each file is a template: fixed bytes, and the references between them. The judge
lays it over what a tool wrote, and knows what each reference became and whether anything else was changed. README.md says
what is checked. Standard library only; npm and pip are called for --install, Debian's ruby-sprockets-rails is used if it is there.
"""
import argparse, base64, dataclasses, hashlib, json, os, pathlib, re, shutil, subprocess, sys, tempfile, tomllib
from urllib.parse import unquote, urljoin, urlsplit

HERE = pathlib.Path(__file__).resolve().parent
MARK = re.compile("⟦(.*?)⟧".encode())
ROOT = "http://site.example"


# ---- a case ---------------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Case:
    name: str
    title: str
    edit: str                     # the file that is changed for the second build
    html_only: bool = False       # the references are in the document alone: nothing to do for a tool that leaves documents to templates
    django_modules: bool = False  # Django's opt-in for ES modules is on
    identity: bool = False        # no script may be reachable under two URLs
    locates: bool = False         # the script must find its folder
    hashed: str = ""              # names under this folder are hashed already
    lenient: tuple = ()           # files whose text may change: it is noted, and is no fault

    def files(self, edited):
        """The marked files by path. The edited one has a comment more at its end."""
        site = HERE / "cases" / self.name / "site"
        files = {str(path.relative_to(site)): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
        if edited:
            comment = b"<!-- edited -->\n" if self.edit.endswith(".svg") else b"/* edited */\n"
            files[self.edit] += comment
        return files


def plain(files):
    """The files as the tools get them: no marks, and integrity computed."""
    def unmark(data):
        return MARK.sub(lambda mark: mark[1] if not mark[1].startswith(b"sri ") else sri(mark[1], files), data)

    def sri(mark, files):
        _, algorithm, path = mark.decode().split(" ")
        return integrity(algorithm, unmark(files[path.lstrip("/")])).encode()

    return {path: unmark(data) for path, data in files.items()}


def integrity(algorithm, data):
    return f"{algorithm}-" + base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


def resolve(reference, referrer):
    """The path that a browser asks for, decoded; None for another origin."""
    url = urlsplit(urljoin(f"{ROOT}/{referrer}", reference))
    return unquote(url.path).lstrip("/") if f"{url.scheme}://{url.netloc}" == ROOT else None


# ---- the judge ------------------------------------------------------------------------------------------------------------

def pattern(parts, loose):
    """The fixed parts of a file with holes for the references. Loose: quotes, url() around them and white space may differ."""
    if not loose:
        return b"([^\r\n\"'\\\\]*?)".join(re.escape(part) for part in parts)
    fixed = []
    for index, part in enumerate(parts):
        if index > 0:
            part = re.sub(rb"^[\"']?\)?", b"", part)
        if index < len(parts) - 1:
            part = re.sub(rb"(url\(\s*)?[\"']?$", b"", part)
        fixed.append(rb"\s*".join(re.escape(word) for word in part.split()))
    return rb"\s*" + rb"\s*(?:url\(\s*)?[\"']?([^\r\n\"']*?)[\"']?\)?\s*".join(fixed) + rb"[\s;]*"


def nearby(parts, data):
    """The references of a file whose fixed bytes were changed, each by what stands right before and after it; b"" if gone."""
    position = 0
    for before, after in zip(parts, parts[1:]):
        before, after = before.rstrip(b"\"'")[-14:], after.lstrip(b"\"')")[:2]
        found = re.compile(re.escape(before) + rb"[\"']?([^\r\n\"'()]*)[\"')]*" + re.escape(after), re.S).search(data, position)
        position = found.end(1) if found else position
        yield found[1] if found else b""


class Judge:
    """Follows the references of a build from its document, as a browser would."""

    def __init__(self, case, files, out):
        self.case, self.files, self.out = case, files, out
        self.faults, self.notes, self.urls = {}, {}, {}
        self.renamed = {}  # by file and number of the reference
        self.at = {}  # where a file of the case was first seen
        self.known = plain(files)
        self.seen = set()
        self.follow("index.html", "index.html")

    def fault(self, text, *places, found=None):
        """Adds to what is wrong. Several places with the same fault share one sentence."""
        list_ = (self.faults if found is None else found).setdefault(text, [])
        list_.extend(place for place in places if place not in list_)

    def note(self, text, *places):
        self.fault(text, *places, found=self.notes)

    def sentences(self):
        """(faults, notes), as text."""
        renamed = f"{sum(self.renamed.values())} of {len(self.renamed)} renamed"
        say = lambda found: [text.format(", ".join(places)) for text, places in found.items()]
        return say(self.faults), [renamed, *say(self.notes)]

    def read(self, path):
        target = self.out / path
        return target.read_bytes() if path and target.is_file() else None

    def follow(self, source, path):
        """`source` is a file of the case, `path` is where the build has it."""
        if (source, path) in self.seen:
            return
        self.seen.add((source, path))
        data, marked = self.read(path), self.files[source]
        marks, parts = [mark.decode() for mark in MARK.findall(marked)], re.split("⟦.*?⟧".encode(), marked)
        found = re.fullmatch(pattern(parts, loose=False), data, re.S)
        if not found:
            found = re.fullmatch(pattern(parts, loose=True), data, re.S)
            if found:
                self.note("quotes or white space of {} rewritten", source)
        if b"\xef\xbf\xbd" in data:
            self.fault("loses characters of {}", source)
        if found:
            references = found.groups()
        else:
            add = self.note if source in self.case.lenient else self.fault
            add("changes text of {} that is no reference", source)
            references = nearby(parts, data)
        for number, (mark, new) in enumerate(zip(marks, references)):
            new = new.decode("utf-8", "replace")
            if mark.startswith("sri "):
                of = mark.split(" ")[2]
                served = self.read(self.at.get(of.lstrip("/"))) or b""
                if new not in (integrity(algorithm, served) for algorithm in ("sha256", "sha384", "sha512")):
                    self.fault("wrong `integrity`, so browsers refuse {}", of)
            else:
                self.link(source, path, mark, new, number)

    def link(self, source, path, mark, new, number):
        """One reference: `mark` was written, `new` is there now."""
        target, now = resolve(mark, source), resolve(new, path)
        self.renamed.setdefault((source, number), True)
        if not new or now is None or self.read(now) is None:
            self.renamed[source, number] = False
        if not new:
            return self.fault("takes out the reference to {}", mark)
        if now is None or self.read(now) is None:
            return self.fault("dead references: {}", f"`{new}`")
        self.renamed[source, number] &= now != target
        self.at.setdefault(target, now)
        if target.endswith(".js"):
            self.urls.setdefault(target, set()).add(now)
        return self.follow(target, now)

    def special(self):
        """The checks that a case asks for."""
        for target, urls in sorted(self.urls.items()):
            if self.case.identity and len(urls) > 1:
                self.fault("loaded twice, under two URLs: {}", target)
        if self.case.locates:
            script, image, link = (self.at.get(f"leaflet/{name}", "gone") for name in ("leaflet.js", "images/marker-icon.png", "leaflet.css"))
            urls = [f"{ROOT}/{path}" for path in (image, link)]
            made = subprocess.run(["node", HERE / "tools/icon_url.mjs", self.out / script, *urls], capture_output=True, text=True)
            if self.read(resolve(made.stdout.strip() or "/", "index.html")) is None:
                self.fault(f"the script asks for `{made.stdout.strip().removeprefix(ROOT)}`, which is not there: no marker is shown")
        if self.case.hashed:
            again = [path for path, now in self.at.items() if path.startswith(self.case.hashed) and now != path]
            if again:
                self.note(f"{len(again)} hashed names hashed again")


def stale(first, second, known):
    """Names that the tool made and that hold other bytes after the edit: caches would keep the old ones."""
    for path in sorted(first.rglob("*")):
        name = path.relative_to(first).as_posix()
        same = second / name
        made = name not in known and not name.startswith(".") and path.suffix not in (".json", ".gz", ".br", ".zst")
        if path.is_file() and made and same.is_file() and same.read_bytes() != path.read_bytes():
            yield name


# ---- the tools ------------------------------------------------------------------------------------------------------------

class Tool:
    """`command` makes OUT from SITE. `manifest` is where a template tag reads the names, for tools that leave documents alone."""
    manifest = None
    prefix = ""

    def __init__(self, tools):
        self.tools = tools

    def build(self, case, files, work):
        site, out, cwd = work / "site", work / "out", work / "cwd"
        for folder in (site, cwd):
            folder.mkdir(parents=True)
        inputs = plain(files)
        for path, data in inputs.items():
            if not (self.manifest and path.endswith(".html")):
                (site / path).parent.mkdir(parents=True, exist_ok=True)
                (site / path).write_bytes(data)
        done = subprocess.run(self.command(case, site, out), cwd=self.cwd(cwd), capture_output=True, text=True, timeout=120)
        (work / "log").write_text(done.stdout + done.stderr)
        if done.returncode == 0 and self.manifest:
            self.document(inputs, files, out)
        return out if done.returncode == 0 else None, done.stdout + done.stderr

    def cwd(self, cwd):
        return cwd

    def document(self, inputs, files, out):
        """The document as its author would have it from a template: each reference through the manifest."""
        manifest = json.loads((out / self.manifest).read_text())
        names = manifest.get("paths") or manifest["assets"]

        def name(mark):
            mark = mark[1].decode()
            if mark.startswith("sri "):
                return self.integrity(mark, inputs, manifest, names).encode()
            path = resolve(mark, "index.html")
            return f"/{self.prefix}{names.get(path, path)}".encode()

        (out / "index.html").write_bytes(MARK.sub(name, files["index.html"]))

    def integrity(self, mark, inputs, manifest, names):
        _, algorithm, path = mark.split(" ")
        return integrity(algorithm, inputs[path.lstrip("/")])


class GulpRevAll(Tool):
    title, install = "gulp-rev-all", ["gulp", "gulp-rev-all"]

    def there(self):
        folder = self.tools / "npm" / "node_modules"
        if not (folder / "gulp-rev-all").is_dir() or not shutil.which("node"):
            return None
        versions = [json.loads((folder / name / "package.json").read_text())["version"] for name in self.install]
        return "gulp {} with gulp-rev-all {}".format(*versions)

    def cwd(self, cwd):
        return self.tools / "npm"

    def command(self, case, site, out):
        return ["node", HERE / "tools" / "gulp_rev_all.mjs", site, out]


class Django(Tool):
    title, install, manifest = "Django + WhiteNoise", ["django", "whitenoise", "brotli"], "staticfiles.json"

    def there(self):
        if not (self.tools / "venv").is_dir():
            return None
        code = "from importlib.metadata import version as v; print(f'Django {v(\"django\")} with WhiteNoise {v(\"whitenoise\")}')"
        return subprocess.run([self.tools / "venv/bin/python", "-c", code], capture_output=True, text=True).stdout.strip() or None

    def command(self, case, site, out):
        modules = ["modules"] if case.django_modules else []
        return [self.tools / "venv/bin/python", HERE / "tools" / "django_whitenoise.py", site, out, *modules]


class Sprockets(Tool):
    title, manifest, prefix = "Sprockets (Rails)", "assets/manifest.json", "assets/"

    def there(self):
        code = 'require "rails"; require "action_controller/railtie"; require "sprockets/railtie"; ' \
               'puts "Sprockets #{Sprockets::VERSION} with sprockets-rails #{Sprockets::Rails::VERSION}"'
        return shutil.which("ruby") and subprocess.run(["ruby", "-e", code], capture_output=True, text=True).stdout.strip() or None

    def command(self, case, site, out):
        return ["ruby", HERE / "tools" / "sprockets_rails.rb", site, out]

    def integrity(self, mark, inputs, manifest, names):  # `integrity: true` of its tag helpers
        return manifest["files"][names[mark.split(" ")[2].lstrip("/")]]["integrity"]


class Larder(Tool):
    title = "larder"

    def there(self):
        if not self.tools.is_file():
            return None
        return subprocess.run([self.tools, "--version"], capture_output=True, text=True).stdout.strip()

    def command(self, case, site, out):
        return [self.tools, "build", site, "-o", out]


def install(tools):
    tools.mkdir(parents=True, exist_ok=True)
    (tools / "npm").mkdir(exist_ok=True)
    (tools / "npm" / "package.json").write_text('{"private": true}\n')
    subprocess.run(["npm", "install", "--silent", *GulpRevAll.install], cwd=tools / "npm", check=True)
    subprocess.run([sys.executable, "-m", "venv", tools / "venv"], check=True)
    subprocess.run([tools / "venv/bin/python", "-m", "pip", "install", "--quiet", *Django.install], check=True)


# ---- the table ------------------------------------------------------------------------------------------------------------

def verdict(tool, case, work):
    """(passed, text): what the checks say about one tool and one case."""
    if tool.manifest and case.html_only:
        return None, "left to the template"
    first, log = tool.build(case, case.files(edited=False), work / "first")
    if not first:
        lines = re.findall(r"^[\w.]*\b(\w*(?:Error|error)\b.*)", log, re.M) or [log.strip()]
        return False, "the build fails: " + re.sub(r" with <.*?>", "", lines[-1])[:160].replace(str(work), "")
    judge = Judge(case, case.files(edited=False), first)
    judge.special()
    second, _ = tool.build(case, case.files(edited=True), work / "second")
    if not second:
        judge.fault("the build fails after an edit")
    for name in stale(first, second, judge.known) if second else []:
        judge.fault("same name, other bytes after an edit: {}", name)
    faults, notes = judge.sentences()
    return not faults, "; ".join(faults + notes)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tools", type=pathlib.Path, help="the folder where the other tools are, or go")
    options.add_argument("--install", action="store_true", help="install them first, with npm and pip")
    options.add_argument("--larder", type=pathlib.Path, default=HERE.parents[1] / "target/release/larder", help="the program")
    options.add_argument("--case", default="", help="only the cases whose name begins so")
    options.add_argument("--keep", type=pathlib.Path, help="keep what the tools wrote in this folder")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        tools = (chosen.tools or pathlib.Path(temporary) / "tools").absolute()
        if chosen.install:
            install(tools)
        work = (chosen.keep or pathlib.Path(temporary) / "work").absolute()
        columns = [GulpRevAll(tools), Django(tools), Sprockets(tools), Larder(chosen.larder.absolute())]
        columns = [(tool, tool.there()) for tool in columns]
        for tool, version in columns:
            print(f"{tool.title}: {version or 'not installed, left out'}", file=sys.stderr)
        columns = [tool for tool, version in columns if version]
        print("| case |", " | ".join(tool.title for tool in columns), "|")
        print("|---|" + "---|" * len(columns))
        for folder in sorted((HERE / "cases").iterdir()):
            if folder.name.startswith(chosen.case):
                case = Case(folder.name, **tomllib.loads((folder / "case.toml").read_text()))
                cells = []
                for tool in columns:
                    place = work / case.name / tool.title.split(" ")[0].lower()
                    shutil.rmtree(place, ignore_errors=True)
                    passed, text = verdict(tool, case, place)
                    cells.append({True: "✓ ", False: "✗ ", None: "– "}[passed] + text)
                print(f"| {case.name[:2]} {case.title} |", " | ".join(cell.replace("|", "\\|") for cell in cells), "|", flush=True)


if __name__ == "__main__":
    main()
