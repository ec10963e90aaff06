"""Runs REDbot's active checks on each URL; prints what is worse than informational."""

import sys
from configparser import ConfigParser

import thor
from httplint import levels
from redbot.resource import HttpResource

parser = ConfigParser()
parser.read_dict({"redbot": {"enable_local_access": "True"}})


def walk(notes):
    for note in notes:
        yield note
        yield from walk(note.subnotes)


def check(url):
    resource = HttpResource(parser["redbot"], descend=False)
    resource.set_request(url)

    @thor.events.on(resource)
    def check_done():
        thor.stop()

    resource.check()
    thor.run()
    # Each of its further requests has a reply, and notes, of its own.
    exchanges = [resource] + list(resource.subreqs.values())
    asked = 0
    for exchange in exchanges:
        if not exchange.response.complete:
            continue
        asked += 1
        for note in walk(exchange.response.notes):
            if note.level in (levels.WARN, levels.BAD):
                print(type(note).__name__, url, note.summary, sep="\t")
    return asked


print("judged", sum(check(url) for url in sys.argv[1:]), sep="\t")
