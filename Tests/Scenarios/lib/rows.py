"""Row numbers for manifests and for the peer, from CIFAR-10's files: one a line.

    rows.py class LABEL DATA.bin            rows of a class
    rows.py others LABEL DATA.bin           rows of all other classes
    rows.py subject NAME ids.csv            rows of a subject
    rows.py subject-of N ids.csv [AFTER]    the first subject in the file with exactly N rows, after the AFTERth row
    rows.py random N SEED COUNT             N distinct rows of COUNT, the same for the same seed
    rows.py retain hamud.json               the rows that the version's record lists as kept
"""

import csv
import json
import random
import sys

RECORD = 3073


def labels(path):
    with open(path, "rb") as file:
        return file.read()[::RECORD]


def subject_with(count, path, after):
    rows = {}
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            rows.setdefault(line["subject"], []).append(int(line["row"]))
    for name, owned in rows.items():
        if len(owned) == count and owned[0] >= after:
            return name
    sys.exit(f"no subject has {count} rows")


def spread(ranges):
    for first, last in ranges:
        yield from range(first, last + 1)


def main(word, *rest):
    if word in ("class", "others"):
        wanted = int(rest[0])
        rows = [i for i, y in enumerate(labels(rest[1])) if (y == wanted) == (word == "class")]
    elif word == "subject":
        with open(rest[1], newline="", encoding="utf-8") as file:
            rows = [int(line["row"]) for line in csv.DictReader(file) if line["subject"] == rest[0]]
    elif word == "subject-of":
        rows = [subject_with(int(rest[0]), rest[1], int(rest[2]) if len(rest) > 2 else 0)]
    elif word == "random":
        rows = sorted(random.Random(int(rest[1])).sample(range(int(rest[2])), int(rest[0])))
    elif word == "retain":
        with open(rest[0], encoding="utf-8") as file:
            rows = list(spread(json.load(file)["retain_rows"]))
    else:
        sys.exit(__doc__)
    print("\n".join(str(row) for row in rows))


main(*sys.argv[1:])
