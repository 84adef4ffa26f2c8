"""A private root with one small model, a daemon on it, and calls on its socket. The standard library alone."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# One thread for products of this size: others would do nothing but spin beside the story that is told next door.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

MODEL = "small"
ROWS, HELDOUT, FEATURES, CLASSES = 240, 150, 16, 3
PAUSE = 0.006  # seconds between two looks
# Looks before something counts as stuck: half a minute where nobody else computes. Counted, not timed: a machine that
# stands still or is busy with others is no fault of the daemon's.
LOOKS = 5000
PATIENCE = 300  # seconds for one answer, and for an end

SETTINGS = """
unlearning: {batch_size: 64, radius: {relative: 5e-3}, evaluate_every: 5, controller: off}
policy: {on_hardness: continue, retain_budget: 0.5, max_forget_share: 0.5}
"""


class Stuck(Exception):
    """Something did not happen, or happened and should not have."""


class Gone(Exception):
    """The daemon does not answer: it has ended, or is about to."""


def workplace():
    """A directory in memory where there is one: what is tested is the order of operations, not a disk."""
    memory = pathlib.Path("/dev/shm")
    return pathlib.Path(tempfile.mkdtemp(prefix="hamud-torture-", dir=memory if memory.is_dir() else None))


def write_rows(path, rows, numbers, centers):
    with open(path, "w", encoding="ascii") as file:
        file.write(",".join(f"x{i}" for i in range(FEATURES)) + ",class\n")
        for row in range(rows):
            label = row % CLASSES
            values = (center + numbers.gauss(0, 1) for center in centers[label])
            file.write(",".join(f"{value:.5f}" for value in values) + f",c{label}\n")


class House:
    """What all roots of a run share: the programs, the data, and a trained model."""

    def __init__(self, programs, place, rows=ROWS, hamud=None):
        self.programs, self.place = pathlib.Path(programs), pathlib.Path(place)
        self.hamud = hamud or self.programs / "hamud"
        numbers = random.Random(2027)
        centers = [[0.35 * numbers.gauss(0, 1) for _ in range(FEATURES)] for _ in range(CLASSES)]
        self.place.mkdir(exist_ok=True)
        write_rows(self.place / "train.csv", rows, numbers, centers)
        write_rows(self.place / "heldout.csv", HELDOUT, numbers, centers)
        root = self.root("training")
        subprocess.run(
            [self.programs / "hamuctl", "--root", root, "train", MODEL, "--hidden", "48", "--epochs", "60", "--seed", "1"],
            check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(root)

    def root(self, name, batching="{max_wait: 1h}", settings=SETTINGS, quota=0):
        """A new root with its configuration and nothing else."""
        root = self.place / name
        models = root / "etc/hamud/models.d"
        models.mkdir(parents=True)
        (root / "etc/hamud/hamud.yaml").write_text(
            "threads: 1\nscan_interval: 1s\nlow_disk: 0%\n"
            f"quotas: {{requests_per_day: {quota}, rows_per_day: 0}}\n")
        (models / f"{MODEL}.yaml").write_text(
            f"model: {self.place}/model\ndata: {{format: csv, train: {self.place}/train.csv, "
            f"heldout: {self.place}/heldout.csv, label: class}}\n{settings}batching: {batching}\n")
        return root

    def daemon(self, root, fault=None):
        return Daemon(self.hamud, root, fault)

    def verify(self, root):
        """hamuctl's own look at all that a root holds; what it finds, as one line."""
        outcome = subprocess.run(
            [self.programs / "hamuctl", "--root", root, "verify"], capture_output=True, text=True, check=False)
        return [] if outcome.returncode == 0 else [f"hamuctl verify: {outcome.stdout}{outcome.stderr}"[:2000]]


def manifest(name, forget, more=""):
    return f"hamud: 1\nid: {name}\nmodel: {MODEL}\nforget: {{{forget}}}\n{more}"


def drop(root, name, text, modified=None, owner=None):
    """As `mv` does it.

    `modified`: nanoseconds since 1970, set before it appears.
    """
    outside = root / "dropping"
    with open(outside, "w", encoding="utf-8") as file:
        file.write(text)
    if owner:
        os.chown(outside, owner, -1)
    if modified:
        os.utime(outside, ns=(modified, modified))
    incoming = root / "var/spool/hamud/incoming"
    os.rename(outside, incoming / name)


class Daemon:
    """One hamud process in the foreground."""

    def __init__(self, program, root, fault=None):
        self.root = pathlib.Path(root)
        self.control = self.root / "run/hamud/control"
        with contextlib.suppress(FileNotFoundError):
            self.control.unlink()
        # Without a fault too: then nobody waits for minutes before a second try.
        environment = os.environ | {"HAMUD_FAULT": ""}
        stash = self.root.parent / (self.root.name + ".stash")
        # What is left there are second links to files that are names again: after a power cut nobody has those.
        shutil.rmtree(stash, ignore_errors=True)
        if fault:
            stash.mkdir()
            environment |= {"HAMUD_FAULT": fault, "HAMUD_FAULT_STASH": str(stash)}
        self.log = open(self.root / "log", "ab")
        self.process = subprocess.Popen(
            [program, "--root", root], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)
        self.connection = None

    def call(self, word, **fields):
        """One call and its answer; raises ValueError with the daemon's message where it refuses."""
        try:
            if self.connection is None:
                self.connection = self.connect()
            line = json.dumps({"hamud": 1, "do": word, **fields}) + "\n"
            self.connection.sendall(line.encode())
            answer = self.connection.makefile("rb").readline()
        except TimeoutError:
            raise Stuck(f"no answer to {word} within {PATIENCE} s") from None
        except OSError as error:
            self.hang_up()
            raise Gone from error
        if not answer.endswith(b"\n"):
            self.hang_up()
            raise Gone
        answer = json.loads(answer)
        if "error" in answer:
            raise ValueError(answer["error"]["message"])
        return answer["ok"]

    def connect(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(PATIENCE)
        # Through the open directory, as a root's path may be longer than an address.
        directory = os.open(self.control.parent, os.O_PATH)
        try:
            connection.connect(f"/proc/self/fd/{directory}/control")
        finally:
            os.close(directory)
        return connection

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    @property
    def code(self):
        """None while it lives."""
        return self.process.poll()

    def stop(self):
        """In order; returns the exit code."""
        self.hang_up()
        if self.code is None:
            self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def kill(self):
        self.hang_up()
        self.process.kill()
        return self.ended()

    def ended(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Stuck(f"hamud did not end within {PATIENCE} s") from None
        finally:
            self.log.close()

    def is_open(self):
        """Whether every model can be worked on."""
        try:
            return all(model["paused"] is None for model in self.call("status")["models"])
        except Gone:
            return False

    def states(self):
        return {request["request"]: request["state"] for request in self.call("list")}


def until(condition, what, looks=LOOKS):
    for _ in range(looks):
        if condition():
            return
        time.sleep(PAUSE)
    raise Stuck(f"not within {looks} looks: {what}")
