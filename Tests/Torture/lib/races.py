"""A neighbour in the spool who swaps, links, cuts and renames what is being read, beside people who hand in requests."""

import contextlib
import os
import random
import subprocess
import threading
import time

import house as houses

SECRET = "the-neighbour-must-not-be-answered-this"


class Neighbour(threading.Thread):
    """Everything that whoever may write a directory can do to it, as fast as it goes."""

    def __init__(self, root, seed):
        super().__init__(daemon=True)
        self.incoming, self.numbers = root / "var/spool/hamud/incoming", random.Random(seed)
        self.outside = root / "outside"
        self.outside.mkdir()
        # A manifest that would be taken if a link to it were followed.
        self.secret = self.outside / "secret.yaml"
        self.secret.write_text(houses.manifest(SECRET, "samples: [1]"))
        self.tricks, self.over = 0, threading.Event()
        self.all = [self.link, self.hard_link, self.fifo, self.cut, self.swap, self.directory, self.swap_for_link]

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError):
                self.numbers.choice(self.all)(self.incoming / f"t{self.numbers.randrange(8)}.yaml")
            self.tricks += 1
            time.sleep(0.001)

    def put(self, path, text):
        own = self.outside / "own"
        own.write_text(text)
        os.rename(own, path)

    def link(self, path):
        path.symlink_to(self.secret)

    def hard_link(self, path):
        os.link(self.secret, path)

    def fifo(self, path):
        os.mkfifo(path)

    def directory(self, path):
        path.mkdir()

    def cut(self, path):
        """Truncated and written on while it may be being read."""
        text = houses.manifest(f"cut-{self.tricks}", f"samples: [{self.tricks % houses.ROWS}]")
        self.put(path, text)
        with open(path, "r+", encoding="utf-8") as file:
            file.truncate(len(text) // 2)
            file.seek(0, os.SEEK_END)
            file.write(text[len(text) // 2:])

    def swap(self, path):
        for turn in range(3):
            self.put(path, houses.manifest(f"swap-{self.tricks}-{turn}", f"samples: [{turn}]"))

    def swap_for_link(self, path):
        self.put(path, houses.manifest(f"bait-{self.tricks}", "samples: [2]"))
        link = self.outside / "link"
        link.symlink_to(self.secret)
        os.rename(link, path)


def races(programs, place, seed, seconds):
    house = houses.House(programs, place / "races")
    root = house.root("root")
    daemon = house.daemon(root)
    houses.until(daemon.is_open, "the model is open")
    neighbour, honest, slowest = Neighbour(root, seed), [], 0.0
    neighbour.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        honest.append(f"honest-{len(honest)}")
        houses.drop(root, f"{honest[-1]}.yaml", houses.manifest(honest[-1], f"samples: [{len(honest) % houses.ROWS}]"))
        asked = time.monotonic()
        daemon.call("status")
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.05)
    neighbour.over.set()
    neighbour.join()
    houses.until(lambda: set(honest) <= set(daemon.states()), "honest requests are taken up")
    lost = len(set(honest) - set(daemon.states()))
    found = subprocess.run(
        # Not in incoming/ itself, where the neighbour's own links may still stand.
        ["grep", "-rlF", "--exclude-dir=incoming", SECRET, root / "var"], capture_output=True, text=True, check=False).stdout.split()
    ended = daemon.stop()
    print(f"races: {neighbour.tricks} tricks beside {len(honest)} requests, {lost} lost, {len(found)} files leaked; slowest "
          f"status {slowest:.2f} s")
    for path in found:
        print(f"  WRONG races: {path} holds what only a link led to")
    if ended:
        print(f"  WRONG races: hamud ended with {ended}")
    return not (lost or found or ended)
