"""The story that is disturbed at every point: a first start, five requests in two batches, a refusal, purges, a rollback.

Each step is something that a person does and then sees; it can be begun anew when the daemon has ended in the middle of it, and
does nothing a second time that was acknowledged the first time.
"""

import time

import house as houses

FORGET = {
    "one": "samples: [0-11]", "two": "samples: [20-33, 100]", "three": "samples: [8-19]",
    "four": "samples: [60-79]", "five": "samples: [100, 120-131]",
}
BATCHES = [["one", "two", "three"], ["four", "five"]]
ROLLED_BACK_FROM = 1 + len(BATCHES)
HANDED_OVER = {"three", "five"}  # the others are dropped


class Story:
    def __init__(self, house, root):
        self.house, self.root = house, root
        self.dropped = set()
        self.daemon = None
        self.codes = []  # with which it ended before its time
        self.heard = []  # what was refused to the person

    @classmethod
    def begin(cls, house, name):
        """A root in which it can be told."""
        return house.root(name)

    def tell(self, fault=None, final_restart=False):
        """To the end, with as many starts as it takes; only the first one has the fault."""
        self.daemon = self.house.daemon(self.root, fault)
        for step in self.steps():
            self.take(step)
        while True:
            code = self.daemon.stop()
            if code == 0:
                break
            self.again(code)
            self.take(self.is_open)
        if final_restart:
            self.daemon = self.house.daemon(self.root)
            self.take(self.is_open)
            if self.daemon.stop() != 0:
                raise houses.Stuck("the last orderly stop failed")

    def steps(self):
        yield self.is_open
        yield from self.handing_in(0)
        yield self.is_purged
        yield from self.handing_in(1)
        yield self.is_rolled_back
        yield lambda: self.is_served(BATCHES[1])
        yield self.is_purged

    def handing_in(self, number):
        """One batch, until it is served."""
        for name in BATCHES[number]:
            yield lambda name=name: self.is_taken(name)
        if number == 1:
            yield self.is_refused
        yield lambda: self.is_served(BATCHES[number])

    def take(self, step):
        for _ in range(houses.LOOKS):
            try:
                if step():
                    return
            except houses.Gone:
                pass
            except ValueError as refusal:
                # Said to whoever asked, who asks again.
                self.heard.append(str(refusal))
            if (code := self.daemon.code) is not None:
                self.again(code)
            time.sleep(houses.PAUSE)
        raise houses.Stuck(f"{getattr(step, '__name__', 'step')}: {self.seen()}")

    def again(self, code):
        """The daemon has ended: what systemd does on failure."""
        self.codes.append(code)
        self.daemon.hang_up()
        self.daemon.ended()
        if len(self.codes) > 5:
            raise houses.Stuck(f"it ends again and again, last with {code}")
        self.daemon = self.house.daemon(self.root)

    def seen(self):
        try:
            return f"{self.daemon.states()} {self.daemon.call('status')['models']}"
        except (houses.Gone, ValueError) as error:
            return repr(error)

    # --- Steps: each says whether it is done

    def is_open(self):
        models = self.daemon.call("status")["models"]
        return [model["paused"] for model in models] == [None] and models[0]["version"] is not None

    def is_taken(self, name):
        if name in self.daemon.states():
            return True
        text = houses.manifest(name, FORGET[name])
        if name in HANDED_OVER:
            self.daemon.call("submit", name=f"{name}.yaml", text=text)
            return True
        if name not in self.dropped:
            houses.drop(self.root, f"{name}.yaml", text)
            self.dropped.add(name)
        return False

    def is_refused(self):
        spool = self.root / "var/spool/hamud"
        if "bad" not in self.dropped:
            houses.drop(self.root, "bad.yaml", houses.manifest("bad", "sample: [1]"))
            self.dropped.add("bad")
        return any(spool.glob("rejected/bad.*.receipt.yaml")) and not any(spool.glob("incoming/*"))

    def is_served(self, batch):
        states = self.daemon.states()
        if any(states.get(name) == "accepted" for name in batch):
            self.daemon.call("flush")
        for name in batch:
            if self.daemon.call("wait", id=name)["state"] == "held":
                # What waits for a person gets one: the fault is over.
                self.daemon.call("retry", id=name)
                return False
        return all(self.daemon.states().get(name) == "forgotten" for name in batch)

    def is_purged(self):
        """Every replaced version, at once."""
        if not self.daemon.call("purge", model=houses.MODEL, now=True, dry_run=True)["versions"]:
            return True
        self.daemon.call("purge", model=houses.MODEL, now=True)
        return False

    def is_rolled_back(self):
        """To the version that the last batch started from: its requests are owed, and served again by themselves."""
        model = self.daemon.call("status")["models"][0]
        if model["owed"] or model["version"] != ROLLED_BACK_FROM:
            return True
        self.daemon.call("rollback", model=houses.MODEL)
        return False
