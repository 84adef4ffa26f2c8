"""The other story that is disturbed at every point: a backup is brought back, what it does not know is recovered and served again, and
then everything ends whose time is up.

Two batches are served, and the ledger is one that was copied after the first. What comes before that is told once, undisturbed; each
telling begins with a copy of it.
"""

import shutil
import subprocess
import threading
import time

import house as houses
import story as stories

EXPIRING = "keep: {manifests: 1s, receipts: 1s}\n"


class Restored(stories.Story):
    lock = threading.Lock()

    def __init__(self, house, root):
        super().__init__(house, root)
        self.expires = False

    @classmethod
    def begin(cls, house, name):
        template = house.place / "brought-back"
        with cls.lock:
            if not template.exists():
                cls.prepare(house)
        # What runs is not copied: nobody listens there any more.
        return shutil.copytree(template, house.place / name, symlinks=True, ignore=shutil.ignore_patterns("run", "log"))

    @classmethod
    def prepare(cls, house):
        root = house.root("brought-back")
        story = stories.Story(house, root)
        story.daemon = house.daemon(root)
        copy = house.place / "copy"
        story.take(story.is_open)
        for step in story.handing_in(0):
            story.take(step)
        subprocess.run([house.programs / "hamuctl", "--root", root, "backup", copy], check=True, stdout=subprocess.DEVNULL)
        for step in story.handing_in(1):
            story.take(step)
        if story.daemon.stop() != 0:
            raise houses.Stuck("what comes before the backup is brought back did not end in order")
        state = root / "var/lib/hamud"
        for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
            (state / name).unlink(missing_ok=True)
        shutil.copy2(copy / "var/lib/hamud/ledger.sqlite", state)
        shutil.rmtree(copy)

    def steps(self):
        yield self.is_recovered
        yield lambda: self.is_served(stories.BATCHES[1])
        yield self.is_purged
        yield self.is_ended

    def is_recovered(self):
        if self.is_open() and set(stories.BATCHES[1]) <= set(self.daemon.states()):
            return True
        # Again where the daemon ended before it could answer: it says that it still waits for this.
        if any(model["paused"] == "restored" for model in self.daemon.call("status")["models"]):
            self.daemon.call("recover", sign_off=False, dry_run=False)
        return False

    def is_ended(self):
        """Every manifest, receipt and refusal."""
        spool = self.root / "var/spool/hamud"
        if not self.expires:
            # So that all of it is past its time at the first look.
            time.sleep(1.1)
            path = self.root / "etc/hamud/hamud.yaml"
            settings = path.read_text(encoding="ascii")
            path.write_text(settings.removesuffix(EXPIRING) + EXPIRING, encoding="ascii")
            # Again where it is refused: the disk could not read it.
            self.daemon.call("reload")
            self.expires = True
        self.daemon.call("flush")
        return not any(spool.glob("*/*.yaml"))
