"""What is left in the end, without what differs from run to run by nature: times, salts, and digests of things with times."""

import hashlib
import hmac
import json
import os
import pathlib
import re
import sqlite3

# Of every table what it says, in an order of its own. The audit chain is checked by itself: `chain`.
TABLES = {
    "models": "name, current_version, served_version, generation",
    "pauses": "model, reason",
    "batches": "number, model, kind, state, parent_version, accepted_retain_cost",
    "versions": "model, number, origin, parent, batch",
    "requests": "sequence, id, hex(digest), model, kind, state, reason, detail, submitter, version, batch, rows, row_count,"
                " already_forgotten, labels, priority, evidence, receipt_expired, owed, accepted_at IS NULL, finished_at IS NULL",
    "state_counts": "model, state, count",
    "manifests": "request, hex(bytes)",
    "marks": "request",
    "tombstones": "model, request, row, label, kind, batch, version, phi, status, again_from, again_until, length(content)",
    "purges": "model, number, cause, purged_at IS NULL, record IS NULL",
    "imprints": "batch, model, version, length(bytes)",
    "submissions": "uid, requests, rows",
    "changes": "request",
}
# Who ends between refusing a file and removing it refuses it again.
ONLY = {"state_counts": "WHERE count > 0", "submissions": "WHERE day NOT LIKE '% refused'"}
TIMES = ("received_at:", "accepted_at:", "expected_at:", "finished_at:", "record:", "signature:")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")
OWN = {"check", "created", "parent_record", "signature", "record"}
SKIPPED = ("dropping", "log", "etc", "run", "var/lib/hamud/ledger.sqlite")


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def canon(root):
    """A dictionary of everything; two of them are compared whole."""
    found = ledger(root / "var/lib/hamud/ledger.sqlite", root / "var/lib/hamud/models")
    for folder, folders, files in os.walk(root):
        folder = pathlib.Path(folder)
        for name in folders + files:
            path = folder / name
            place = str(path.relative_to(root))
            if place.startswith(SKIPPED):
                continue
            found[place] = thing(path)
    return found


def thing(path):
    mode = f"{path.lstat().st_mode & 0o7777:o} "
    if path.is_symlink():
        return "-> " + os.readlink(path)
    if path.is_dir():
        return mode + "directory"
    if path.name.endswith(".yaml") and path.parent.name in ("receipts", "rejected"):
        lines = path.read_text().splitlines()
        return mode + TIME.sub("TIME", "\n".join(line for line in lines if not line.startswith(TIMES)))
    if path.name in ("hamud.key", "hamud.pub"):
        return mode + "a key of its own"
    if path.name == "head.json":
        return mode + "a head of its own"
    if path.name == "hamud.json":
        record = json.loads(path.read_text())
        # Salted with what each ledger has of its own: `requests` compares them with that.
        for request in record.get("requests", []):
            del request["digest"]
        return mode + json.dumps({key: value for key, value in record.items() if key not in OWN}, sort_keys=True)
    return mode + digest(path)


def ledger(path, models):
    found = {}
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for table, columns in TABLES.items():
        found[table] = sorted(map(repr, database.execute(f"SELECT {columns} FROM {table} {ONLY.get(table, '')}")))
    # A record's digest differs from run to run, but it is that of the file.
    for model, number, record in database.execute("SELECT model, number, record FROM versions"):
        file = models / model / "versions" / f"{number:06}" / "hamud.json"
        found[f"record {model} {number}"] = not file.exists() or digest(file) == bytes(record).hex()
        found[f"requests {model} {number}"] = not file.exists() or requests(database, model, file)
    found["salted"] = database.execute("SELECT count(DISTINCT content), count(*) FROM tombstones").fetchone()
    found["integrity"] = database.execute("PRAGMA integrity_check").fetchone()
    found["chain"] = chain(database)
    database.close()
    return found


def requests(database, model, file):
    """Whether each request that the record speaks of is the ledger's, by the digest that is salted with the model's secret."""
    salt, = database.execute("SELECT salt FROM models WHERE name = ?", (model,)).fetchone()
    known = {
        name: "hmac-sha256:" + hmac.new(salt, b"manifest\0" + manifest, "sha256").hexdigest()
        for name, manifest in database.execute("SELECT id, digest FROM requests WHERE model = ?", (model,))
    }
    return [request["digest"] == known.get(request["id"]) for request in json.loads(file.read_text()).get("requests", [])]


def chain(database):
    """Whether the audit chain holds from end to end, by the rule of its own documentation."""
    previous, count = hashlib.sha256(b"hamud audit chain 1").digest(), 0
    for sequence, at, kind, payload, before, own in database.execute(
            "SELECT sequence, at, kind, payload, previous, hash FROM audit ORDER BY sequence"):
        count += 1
        text = "".join(f"{len(field.encode())}:{field}" for field in (str(sequence), str(at), kind, payload))
        if sequence != count or before != previous or own != hashlib.sha256(text.encode() + previous).digest():
            return f"broken at {sequence}"
        previous = own
    end = dict(database.execute("SELECT key, value FROM meta"))
    return "whole" if (end["audit_count"], end["audit_head"]) == (count, previous) else "cut off"


def difference(wanted, found):
    """One line for each thing that is not as it should be."""
    lines = []
    for key in sorted(set(wanted) | set(found)):
        if wanted.get(key) != found.get(key):
            lines.append(f"{key}: expected {str(wanted.get(key))[:400]}; found {str(found.get(key))[:400]}")
    return lines
