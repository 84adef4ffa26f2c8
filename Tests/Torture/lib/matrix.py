"""A story (`story.py`, `restored.py`), disturbed at one point after the other: ended there, failed there, or cut from its power there.

The undisturbed story is told once to count its points, and again to see that the count is the same; then every point has a telling
of its own. Where the time does not reach for all, the kinds of points take turns, in an order that the seed decides.
"""

import collections
import concurrent.futures
import random
import re
import shutil
import threading
import time

import canon
import house as houses
import story as stories

DEATH = 86
START_FAILED = 74
WRITES = {"write", "db-write"}
# And what a sync is to make last.
SYNCS = {"sync", "rename", "db-sync", "unlink", "db-delete"}
ALLOCATES = {"create", "write", "mkdir", "symlink", "rename", "sync", "db-create", "db-write", "db-truncate", "db-sync"}
SAID = re.compile(r"\((EIO|ENOSPC|EDQUOT|EMFILE)\)|disk I/O error|database or disk is full|unable to open database file"
                  r"|durable commits are not possible|no space is left for the ledger")

# `after`: of a write of the ledger what was done before it, in words; it tells one commit from another.
Point = collections.namedtuple("Point", "number word place after")


class Matrix:
    def __init__(self, house, seed, workers=2, keep=None, story=stories.Story):
        self.house, self.seed, self.workers, self.keep, self.story = house, seed, workers, keep, story
        self.lock = threading.Lock()
        self.told = 0
        self.wanted, self.changes, self.opens = self.count()
        again = self.count()[0]
        if again != self.wanted:
            raise houses.Stuck("\n".join(["two undisturbed stories end differently", *canon.difference(self.wanted, again)]))

    def count(self):
        log = self.house.place / "points"
        log.unlink(missing_ok=True)
        root = self.root()
        self.story(self.house, root).tell(f"count:{log}")
        found = canon.canon(root)
        shutil.rmtree(root)
        points, before = {"change": [], "open": []}, ""
        for line in log.read_text().splitlines():
            kind, number, word, place = line.split(" ", 3)
            place = self.kind_of(place, root)
            points[kind].append(Point(int(number), word, place, before if word.startswith("db-") else ""))
            if not word.startswith("db-"):
                before = f"{word} {place}"
        return found, points["change"], points["open"]

    def kind_of(self, place, root):
        """Places that differ in numbers and random letters alone are of one kind."""
        place = re.sub(r"hamud-(tmp|take)-[0-9a-f.-]+", r"hamud-\1", place.replace(str(root), ""))
        return re.sub(r"\b(one|two|three|four|five)\b", "ID", re.sub(r"\d+", "N", place))

    def root(self):
        with self.lock:
            self.told += 1
            number = self.told
        return self.story.begin(self.house, f"story-{number}")

    def in_turns(self, points):
        """Seeded; the first of each kind before the second of any."""
        numbers = random.Random(self.seed)
        kinds = collections.defaultdict(list)
        for fault, point in points:
            kinds[re.sub(r"\d+", "", fault), *point[1:]].append((fault, point))
        for members in kinds.values():
            numbers.shuffle(members)
        rounds = [(turn, numbers.random(), *member) for members in kinds.values() for turn, member in enumerate(members)]
        return [(fault, point) for _, _, fault, point in sorted(rounds)]

    # --- One story

    def disturbed(self, fault, point, keeps=True):
        """Returns what is wrong, as lines, and the daemon's and the caller's words."""
        root = self.root()
        story = self.story(self.house, root)
        kills = re.search("die|tear|lose", fault) is not None
        wrong = []
        try:
            story.tell(fault, final_restart=not kills)
            wrong = canon.difference(self.wanted, canon.canon(root)) + self.house.verify(root)
            # A failure at the first start ends it in order, before the point that was to follow.
            ended = {DEATH, START_FAILED} if fault.startswith("eio") else {DEATH}
            if kills and not ended & set(story.codes):
                wrong.append("the point was not reached")
            allowed = ({DEATH} if kills else set()) | ({START_FAILED} if re.search("eio|enospc|edquot|emfile", fault) else set())
            wrong += [f"hamud ended with {code}" for code in story.codes if code not in allowed]
        except (houses.Stuck, OSError, ValueError) as error:
            wrong.append(f"{type(error).__name__}: {error}")
            story.daemon.kill()
        words = (root / "log").read_text(errors="replace")
        if wrong and self.keep and keeps:
            shutil.copytree(
                root, self.keep / fault.replace(":", "-"), symlinks=True, dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("control"))
        shutil.rmtree(root)
        shutil.rmtree(f"{root}.stash", ignore_errors=True)
        return wrong, words + "\n".join(story.heard)

    def tell(self, faults, seconds):
        """All of them, or as many as the time reaches for; yields (fault, point, wrong, words)."""
        end = time.monotonic() + seconds
        waiting = iter(self.in_turns(faults))

        def one():
            while time.monotonic() < end:
                with self.lock:
                    fault, point = next(waiting, (None, None))
                if fault is None:
                    return
                wrong, words = self.disturbed(fault, point)
                with self.lock:
                    results.append((fault, point, wrong, words))

        results = []
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            for worker in [pool.submit(one) for _ in range(self.workers)]:
                worker.result()
        return results

    # --- The promises

    def crash(self, seconds):
        faults = self.ends()
        return self.verdict("crash", "recovered", faults, self.tell(faults, seconds))

    def restored(self, seconds):
        """Of the story that is about this: the end, the failure and the cut at every point, in turns."""
        faults = self.ends() + [(f"eio:{point.number}", point) for point in self.changes]
        faults += [(f"emfile:{point.number}", point) for point in self.opens]
        faults += [(f"lose:{point.number}:{loss}", point) for point in self.changes if point.word in SYNCS
                   for loss in ("all", "data", "names")]
        return self.verdict("restored", "recovered", faults, self.tell(faults, seconds))

    def ends(self):
        faults = [(f"die:{point.number}", point) for point in self.changes]
        faults += [(f"tear:{point.number}", point) for point in self.changes if point.word in WRITES]
        # A commit that was said to have failed must not count after the end.
        last = self.changes[-1].number
        faults += [(f"eio:{point.number},die:{point.number + later}", point)
                   for point in self.changes if point.word == "db-sync" for later in (1, 3, 6, 9, 12, 20) if point.number + later <= last]
        return faults

    def errors(self, seconds):
        faults = []
        for point in self.changes:
            faults.append((f"eio:{point.number}", point))
            if point.word in ALLOCATES:
                faults += [(f"enospc:{point.number}", point), (f"edquot:{point.number}", point)]
            if not point.word.startswith("db-"):
                faults.append((f"eintr:{point.number}", point))
        faults += [(f"emfile:{point.number}", point) for point in self.opens]
        results = self.tell(faults, seconds)
        struck = [result for result in results if "hamud faults: " in result[3] and not result[0].startswith("eintr")]
        said = [result for result in struck if SAID.search(re.sub("hamud faults: .*", "", result[3]))]
        kinds = collections.Counter((point.word, point.place) for _, point, _, _ in struck) - collections.Counter(
            (point.word, point.place) for _, point, _, _ in said)
        for (word, place), count in sorted(kinds.items()):
            print(f"  not said: {word} {place} ({count})")
        return self.verdict("errors", f"survived, {len(said)} of {len(struck)} failures said", faults, results)

    def unsynced(self, seconds):
        points = [point for point in self.changes if point.word in SYNCS]
        faults = [(f"lose:{point.number}:{loss}", point) for point in points for loss in ("all", "data", "names")]
        results = self.tell(faults, seconds)
        wrong = self.report("unsynced", results)
        taken = [re.search(r"takes back (\d+) names and (\d+) contents", words) for _, _, _, words in results]
        names, contents = (sum(int(found[k]) for found in taken if found) for k in (1, 2))
        print(f"unsynced: {self.size(faults, results)} points, {wrong} accepted requests lost or otherwise wrong"
              f" ({names} names and {contents} contents taken back)")
        # The same as if no sync had ever been done: a net that lets this through would hold nothing else either.
        last = points[-1]
        if not self.disturbed(f"lazy:1,lose:{last.number}:all", last, keeps=False)[0]:
            print("  WRONG unsynced: without any sync nothing seems to be lost")
            return False
        return wrong == 0

    def verdict(self, name, word, faults, results):
        wrong = self.report(name, results)
        print(f"{name}: {self.size(faults, results)} points, {len(results) - wrong} {word}")
        return wrong == 0

    def report(self, name, results):
        wrong = [result for result in results if result[2]]
        for fault, point, lines, words in wrong[:20]:
            print(f"  WRONG {name} {fault}: {point.word} {point.place}")
            for line in lines[:6]:
                print(f"    {line[:700]}")
        return len(wrong)

    def size(self, faults, results):
        return f"{len(results)}" if len(results) == len(faults) else f"{len(results)} of {len(faults)}"
