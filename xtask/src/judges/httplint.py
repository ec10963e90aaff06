"""Lints the replies that the conformance suite wrote down; prints what is worse than informational."""

import base64
import email.utils
import json
import sys

from httplint import HttpRequestLinter, HttpResponseLinter, levels


def lint(reply):
    request = HttpRequestLinter()
    target = reply["target"]
    if target.startswith("/"):
        target = "http://larder.test" + target
    request.process_request_topline(reply["method"].encode(), target.encode(), b"1.1")
    lines = [(name.encode(), value.encode()) for name, value in reply["asked"]]
    request.process_headers([(b"Host", b"larder.test")] + lines)
    request.finish_content(True)

    fields = [(name.encode(), value.encode()) for name, value in reply["fields"]]
    date = next((value for name, value in reply["fields"] if name == "date"), None)
    # The moment of the reply is its Date: when it is read again says nothing about the server's clock.
    now = email.utils.parsedate_to_datetime(date).timestamp() if date else None
    head = reply["method"] == "HEAD"
    response = HttpResponseLinter(start_time=now, _related=request, no_content=head)
    response.process_response_topline(b"1.1", str(reply["status"]).encode(), b"")
    response.process_headers(fields)
    if not head:
        response.feed_content(base64.b64decode(reply["content"]))
    response.finish_content(True)
    return response.notes


def walk(notes):
    for note in notes:
        yield note
        yield from walk(note.subnotes)


judged = 0
for line in open(sys.argv[1], encoding="utf-8"):
    reply = json.loads(line)
    judged += 1
    for note in walk(lint(reply)):
        if note.level in (levels.WARN, levels.BAD):
            about = f"{reply['id']} {reply['method']} {reply['target']} {reply['status']}"
            print(type(note).__name__, about, note.summary, sep="\t")
print("judged", judged, sep="\t")
