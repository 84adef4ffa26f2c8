"""`hamuctl backup`, ended, failed and cut from its power at every point: what it leaves is whole, or says that it is not.

A copy that says so is one that no daemon starts from; of what was copied nothing may have changed.
"""

import os
import re
import shutil
import subprocess

import canon
import house as houses
import matrix
import story as stories

DEATH = 86
REFUSED = 78
DONE = "var/lib/hamud/ledger.sqlite"
MARK = "var/lib/hamud/unfinished-backup"


class Backup(matrix.Matrix):
    """`programs` are those with faults; what is left is looked at by the ordinary ones."""

    def __init__(self, house, seed, workers=2, keep=None, hamuctl=None):
        self.hamuctl = hamuctl
        self.house, self.source = house, None
        super().__init__(house, seed, workers, keep)

    def count(self):
        if self.source is None:
            self.source = self.live()
            self.before = canon.canon(self.source)
        log = self.house.place / "backup-points"
        log.unlink(missing_ok=True)
        root = self.house.place / "backup-whole"
        if self.take(root, f"count:{log}") != 0:
            raise houses.Stuck("an undisturbed backup failed")
        found = canon.canon(root)
        shutil.rmtree(root)
        points = {"change": [], "open": []}
        for line in log.read_text().splitlines():
            kind, number, word, place = line.split(" ", 3)
            points[kind].append(matrix.Point(int(number), word, self.kind_of(place, root), ""))
        return found, points["change"], points["open"]

    def live(self):
        """A root that has served two batches; its daemon has ended."""
        root = self.house.root("backed-up")
        story = stories.Story(self.house, root)
        story.daemon = self.house.daemon(root)
        story.take(story.is_open)
        for number in range(len(stories.BATCHES)):
            for step in story.handing_in(number):
                story.take(step)
        if story.daemon.stop() != 0:
            raise houses.Stuck("what comes before the backup did not end in order")
        return root

    def take(self, root, fault):
        stash = root.parent / (root.name + ".stash")
        stash.mkdir(exist_ok=True)
        outcome = subprocess.run(
            [self.hamuctl, "--root", self.source, "backup", root], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"HAMUD_FAULT": fault, "HAMUD_FAULT_STASH": str(stash)})
        shutil.rmtree(stash, ignore_errors=True)
        return outcome.returncode

    def disturbed(self, fault, point, keeps=True):
        with self.lock:
            self.told += 1
            root = self.house.place / f"backup-{self.told}"
        code = self.take(root, fault)
        kills = re.search("die|tear|lose", fault) is not None
        wrong = [] if code in ({DEATH} if kills else {0, 74}) else [f"hamuctl ended with {code}"]
        if (root / MARK).exists():
            if code == 0:
                wrong.append("done, and says that it is not whole")
            wrong += self.started(root)
        elif (root / DONE).exists():
            wrong += canon.difference(self.wanted, canon.canon(root)) + self.house.verify(root)
        elif code == 0:
            wrong.append("done, and nothing is there")
        if wrong and self.keep and keeps:
            shutil.copytree(root, self.keep / ("backup-" + fault.replace(":", "-")), symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(root, ignore_errors=True)
        return wrong, ""

    def started(self, root):
        outcome = subprocess.run(
            [self.house.hamud, "--root", root], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False, timeout=houses.PATIENCE)
        return [] if outcome.returncode == REFUSED else [f"hamud started from half a backup and ended with {outcome.returncode}"]

    def backup(self, seconds):
        faults = [(f"{word}:{point.number}", point) for point in self.changes for word in ("die", "eio")]
        faults += [(f"tear:{point.number}", point) for point in self.changes if point.word in matrix.WRITES]
        faults += [(f"enospc:{point.number}", point) for point in self.changes if point.word in matrix.ALLOCATES]
        faults += [(f"emfile:{point.number}", point) for point in self.opens]
        faults += [(f"lose:{point.number}:{loss}", point) for point in self.changes if point.word in matrix.SYNCS
                   for loss in ("all", "data", "names")]
        results = self.tell(faults, seconds)
        kept = self.verdict("backup", "whole or known for what it is", faults, results)
        if changed := canon.difference(self.before, canon.canon(self.source)):
            print("\n".join(["  WRONG backup: what was copied has changed", *changed[:6]]))
        return kept and not changed
