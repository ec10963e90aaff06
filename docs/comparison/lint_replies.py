"""The replies that `larder check` judges, through httplint (PyPI): what it says of each, to be held against larder's findings.

    python3 -m venv v && v/bin/pip install httplint && v/bin/python docs/comparison/lint_replies.py http://127.0.0.1:8080/ /assets/app-1234.js

Only GET and HEAD, to the host that is named; larder's own findings are `larder check URL`.
"""

import collections
import http.client
import sys
import time
from urllib.parse import urlsplit

from httplint import HttpResponseLinter


def exchange(netloc, method, path, fields):
    """One request; the reply as it was sent."""
    connection = http.client.HTTPConnection(netloc, timeout=10)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in fields.items():
        connection.putheader(name, value)
    connection.endheaders()
    reply = connection.getresponse()
    content = reply.read()
    return reply, content


def notes(notelist):
    """All notes, those below others included."""
    for note in notelist:
        yield note
        yield from notes(note.subnotes)


def lint(reply, content, method):
    linter = HttpResponseLinter(start_time=time.time(), no_content=method == "HEAD")
    linter.process_response_topline(b"HTTP/1.1", str(reply.status).encode(), reply.reason.encode())
    linter.process_headers([(n.encode("latin1"), v.encode("latin1")) for n, v in reply.getheaders()])
    linter.feed_content(content)
    linter.finish_content(True)
    return linter


def main(url, asset):
    netloc = urlsplit(url).netloc
    folder = asset.rsplit("/", 1)[0]
    plain, _ = exchange(netloc, "GET", asset, {})
    tag = plain.getheader("ETag") or '"none"'
    asks = [
        ("document", "GET", "/", {"Accept": "text/html"}),
        ("route", "GET", "/larder-check/route", {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}),
        ("asset", "GET", asset, {}),
        ("asset, HEAD", "HEAD", asset, {}),
        ("asset, gzip", "GET", asset, {"Accept-Encoding": "gzip"}),
        ("asset, validated", "GET", asset, {"If-None-Match": tag}),
        ("asset, first bytes", "GET", asset, {"Range": "bytes=0-9"}),
        ("missing asset", "GET", f"{folder}/larder-check-deadbeef.js", {}),
        ("folder", "GET", folder, {}),
    ]
    said = collections.OrderedDict()
    for what, method, path, fields in asks:
        reply, content = exchange(netloc, method, path, fields)
        for note in notes(lint(reply, content, method).notes):
            level = note.level.value
            if level in ("bad", "warning"):
                said.setdefault((level, type(note).__name__, str(note.summary)), []).append(what)
    for (level, name, summary), where in said.items():
        print(f"{level:8} {name:36} {summary}  [{', '.join(where)}]")


if __name__ == "__main__":
    main(*sys.argv[1:3])
