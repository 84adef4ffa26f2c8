"""Small questions of the scenarios, answered with the standard library alone.

    ask.py field PATH < JSON                one value; nothing where it is absent
    ask.py message-id EventKind.swift NAME  the MESSAGE_ID of a kind of event
"""

import json
import re
import sys


def field(path):
    value = json.load(sys.stdin)
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return
    if isinstance(value, bool):
        value = str(value).lower()
    if value is not None:
        print(value if isinstance(value, str) else json.dumps(value))


def message_id(source, name):
    with open(source, encoding="utf-8") as file:
        found = re.search(rf'case {name} = "([0-9a-f]{{32}})"', file.read())
    if not found:
        sys.exit(f"no event is called {name}")
    print(found.group(1))


if sys.argv[1] == "field":
    field(sys.argv[2])
else:
    message_id(sys.argv[2], sys.argv[3])
