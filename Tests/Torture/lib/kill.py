"""What needs no hooks: the ordinary build, killed at random moments, and flooded."""

import collections
import json
import os
import pathlib
import random
import sqlite3
import statistics
import time

import canon
import house as houses

ROWS = 1200
ENDED = {"forgotten", "cancelled"}
# Every row that is asked for was learnt well enough to be worth forgetting, and a wide band is soon reached.
SETTINGS = houses.SETTINGS + "target: {membership_auc: 0.6}\n"


def kill(programs, place, seed, kills, count):
    """`count` manifests in random order, `kills` ends by SIGKILL at random moments."""
    numbers = random.Random(seed)
    house = houses.House(programs, place / "kill", ROWS)
    root = house.root("root", batching="{max_wait: 1s, max_requests: 12}", settings=SETTINGS)
    outside = root / "waiting"
    outside.mkdir()
    manifests = make_manifests(numbers, count)
    waiting = list(manifests)
    numbers.shuffle(waiting)
    daemon = house.daemon(root)
    houses.until((root / "var/spool/hamud/incoming").is_dir, "incoming is made")
    each = -(-count // max(1, kills))
    for _ in range(kills):
        # How long a start takes depends on the machine; ends before it is done are wanted too, but not all of them.
        end = time.monotonic() + numbers.uniform(0.02, 1.2)
        for name in waiting[:each]:
            time.sleep(max(0, min(numbers.uniform(0, 0.3), end - time.monotonic())))
            houses.drop(root, f"{name}.yaml", manifests[name])
        del waiting[:each]
        time.sleep(max(0, end - time.monotonic()))
        daemon.kill()
        tear(root)
        daemon = house.daemon(root)
    for name in waiting:
        houses.drop(root, f"{name}.yaml", manifests[name])
    houses.until(lambda: is_quiet(daemon, root), "every request has ended", 8 * houses.LOOKS)
    states = daemon.states()
    if daemon.stop() != 0:
        raise houses.Stuck("the last orderly stop failed")
    lost, twice, wrong = judge(root, manifests, states)
    wrong += house.verify(root)
    for line in wrong[:20]:
        print(f"  WRONG kill: {line}")
    found = collections.Counter(states.values())
    found["rejected"] = count - sum(found.values()) - lost
    print(f"kill: {kills} kills, {count} requests, {lost} lost, {twice} twice ("
          + ", ".join(f"{number} {state}" for state, number in sorted(found.items())) + ")")
    return not (lost or twice or wrong)


def tear(root):
    """What a writer leaves that is ended between making its temporary and naming it: rare by chance, so here at every end."""
    spool = root / "var/spool/hamud"
    for folder in (spool, spool / "accepted", spool / "rejected", spool / "receipts", root / "var/lib/hamud",
                   root / "run/hamud"):
        if folder.is_dir():
            (folder / ".hamud-tmp-0123456789abcdef").write_text("torn")


def make_manifests(numbers, count):
    """Rows of their own for most; some share rows, some ask for nothing, some are wrong."""
    manifests, rows = {}, list(range(ROWS))
    numbers.shuffle(rows)
    for number in range(count):
        name = f"r{number:04}"
        own = [rows[(2 * number + k) % (ROWS // 2)] for k in range(3)]
        forget = f"samples: [{', '.join(map(str, own))}]"
        if number % 20 == 19:
            forget = f"samples: [{ROWS + number}]"
        manifests[name] = houses.manifest(name, forget, "priority: urgent\n" if number % 10 == 0 else "")
    return manifests


def is_quiet(daemon, root):
    """Nothing waits; what an operator must decide is decided."""
    try:
        if any((root / "var/spool/hamud/incoming").glob("*.yaml")):
            return False
        states = daemon.states()
        for name, state in states.items():
            if state == "held":
                daemon.call("resume", id=name, accept_retain_cost=1.0)
                return False
        return set(states.values()) <= ENDED
    except (houses.Gone, ValueError):
        if daemon.code is not None:
            raise houses.Stuck(f"hamud ended with {daemon.code}") from None
        return False


def judge(root, manifests, states):
    """How many are lost, how many took effect twice, and what else is wrong."""
    spool, wrong = root / "var/spool/hamud", []
    database = sqlite3.connect(f"file:{root}/var/lib/hamud/ledger.sqlite?mode=ro", uri=True)
    chain = collections.Counter()
    for kind, payload in database.execute("SELECT kind, payload FROM audit"):
        facts = json.loads(payload)
        if kind in ("accepted", "moved"):
            chain[facts["request"], "accepted" if kind == "accepted" else facts["to"]] += 1
    refused = {path.name.split(".")[0] for path in spool.glob("rejected/*.receipt.yaml")}
    lost = [name for name in manifests if (name in states) == (name in refused)]
    twice = [key for key, times in chain.items() if key[1] in ("accepted", "forgotten") and times > 1]
    twice += database.execute("SELECT request, row FROM tombstones GROUP BY request, row HAVING count(*) > 1").fetchall()
    for name, state, version, rows, buried in database.execute(
            "SELECT id, state, version, row_count, (SELECT count(*) FROM tombstones WHERE request = sequence) FROM requests"):
        receipt = dict(line.split(": ", 1) for line in (spool / f"receipts/{name}.yaml").read_text().splitlines()
                       if ": " in line)
        if (receipt["state"], receipt.get("version")) != (state, str(version)):
            wrong.append(f"{name}: the receipt says {receipt['state']} in {receipt.get('version')}, the ledger {state} in {version}")
        if state == "forgotten" and rows != buried:
            wrong.append(f"{name}: {rows} rows, {buried} tombstones")
        if (spool / f"accepted/{name}.yaml").read_text() != manifests[name]:
            wrong.append(f"{name}: accepted/ has other bytes")
    wrong += [f"left over: {path}" for path in root.rglob(".hamud-*")]
    wrong += versions(database, root)
    if (text := canon.chain(database)) != "whole":
        wrong.append(f"the audit chain is {text}")
    database.close()
    return len(lost), len(twice), wrong + [f"lost or twice answered: {name}" for name in lost] + [f"twice: {key}" for key in twice]


def versions(database, root):
    """Ledger and disk agree but for what was purged, and every file has the digest on record."""
    wrong, models = [], root / "var/lib/hamud/models"
    known = {
        number: bytes(record).hex() for number, record in database.execute(
            "SELECT number, record FROM versions v WHERE NOT EXISTS"
            " (SELECT 1 FROM purges p WHERE p.model = v.model AND p.number = v.number)")
    }
    there = {int(path.name): path for path in (models / houses.MODEL / "versions").iterdir()}
    if set(known) != set(there):
        wrong.append(f"versions: the ledger has {sorted(known)}, the disk {sorted(there)}")
    for number, path in there.items():
        if canon.digest(path / "hamud.json") != known.get(number):
            wrong.append(f"version {number}: its record is another")
        for file in json.loads((path / "hamud.json").read_text())["files"]:
            if "sha256:" + canon.digest(path / file["name"]) != file["digest"]:
                wrong.append(f"version {number}: {file['name']} is another")
    if os.readlink(models / houses.MODEL / "current") != f"versions/{max(known):06}":
        wrong.append("current does not name the newest version")
    return wrong


def flood(programs, place, seed, count):
    """`count` files at once: in their order, in bounded memory, and others are answered meanwhile."""
    house = houses.House(programs, place / "flood")
    root = house.root("root")
    daemon = house.daemon(root)
    houses.until(daemon.is_open, "the model is open")
    resting = memory(daemon, "VmRSS")
    names = [f"f{number:05}" for number in range(count)]
    random.Random(seed).shuffle(names)
    for order, name in enumerate(names):
        # A file system's clock is coarse; order must not hang on luck.
        houses.drop(root, f"{name}.yaml", houses.manifest(name, f"samples: [{order % houses.ROWS}]"),
                    modified=1_700_000_000_000_000_000 + order * 1000)
    begun, slowest, taken, answers = time.monotonic(), 0.0, [0], 0
    while taken[-1] < count:
        asked = time.monotonic()
        taken.append(sum(daemon.call("status")["requests"].values()))
        slowest = max(slowest, time.monotonic() - asked)
        answers += taken[-1] < count
    took, peak = time.monotonic() - begun, memory(daemon, "VmHWM")
    daemon.stop()
    database = sqlite3.connect(f"file:{root}/var/lib/hamud/ledger.sqlite?mode=ro", uri=True)
    order = [name for name, in database.execute("SELECT id FROM requests ORDER BY sequence")]
    database.close()
    moved = sum(found != wanted for found, wanted in zip(order, names))
    # Not by the clock: a service that answers while it takes up is asked many times over before it is done.
    between = statistics.median(later - sooner for sooner, later in zip(taken, taken[1:]))
    print(f"flood: {count} files, {moved} out of order, taken up in {took:.0f} s; {answers} calls answered meanwhile, one every "
          f"{between:.0f} files, the slowest in {slowest:.2f} s; peak {peak} MiB, {resting} MiB before")
    return moved == 0 and between <= 20 and peak < resting + 256


def quota(programs, place, seed, count):
    """One user drops `count` files, half of them wrong, with a quota of a tenth; others hand in beside them."""
    if os.geteuid() != 0:
        print("quota: SKIPPED, as only root can drop files of several users")
        return True
    # Not across midnight, when every quota begins anew.
    houses.until(lambda: 86_400 - time.time() % 86_400 > 600, "the day begins", 100 * houses.LOOKS)
    # Two users without accounts. Those in a range of /etc/subuid would count as one: usual ranges begin at 100,000.
    allowed, greedy, honest = count // 10, 54_321, 54_322
    house = houses.House(programs, place / "quota")
    root = house.root("root", quota=allowed)
    daemon = house.daemon(root)
    houses.until(daemon.is_open, "the model is open")
    numbers = random.Random(seed)
    for number in range(count):
        text = houses.manifest(f"g{number}", "samples: [1]") if numbers.random() < 0.5 else f"hamud: {number + 2}"
        houses.drop(root, f"g{number}.yaml", text, owner=greedy)
        if number % 50 == 0:
            houses.drop(root, f"h{number}.yaml", houses.manifest(f"h{number}", "samples: [2]"), owner=honest)
    wanted = {f"h{number}" for number in range(0, count, 50)}
    houses.until(lambda: wanted <= set(daemon.states()) and daemon.call("status")["left_alone"] == count - 2 * allowed,
                 "the others are taken up and the rest is left alone", 4 * houses.LOOKS)
    waiting = len(list((root / "var/spool/hamud/incoming").iterdir()))
    daemon.stop()
    database = sqlite3.connect(f"file:{root}/var/lib/hamud/ledger.sqlite?mode=ro", uri=True)
    noted = dict(database.execute("SELECT kind, count(*) FROM audit WHERE json_extract(payload, '$.by') = ? GROUP BY kind", [greedy]))
    database.close()
    said = sum("stays in the spool" in line for line in (root / "log").read_text().splitlines())
    print(f"quota: {count} files of one user, {noted.get('accepted', 0)} accepted, {noted.get('refused', 0)} refused, {waiting} wait for "
          f"tomorrow, said {said} times; {len(wanted)} of {len(wanted)} of another user accepted")
    return noted == {"accepted": allowed, "refused": allowed} and waiting == count - 2 * allowed and said == 1


def memory(daemon, key):
    lines = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) // 1024
