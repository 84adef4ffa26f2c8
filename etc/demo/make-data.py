#!/usr/bin/env python3
"""Makes etc/demo/data from two Python packages. Only needed to make the files anew: they are part of the repository.

    python3 -m venv /tmp/demo-data
    /tmp/demo-data/bin/pip install causaldata==0.1.5 scikit-learn==1.9.1
    /tmp/demo-data/bin/python etc/demo/make-data.py [DIRECTORY]

The same packages give the same bytes: nothing here depends on the clock, the locale or an unseeded generator.
"""
import csv, gzip, hashlib, io, pathlib, random, struct, sys
import numpy as np
from causaldata import nhefs
from sklearn.datasets import load_digits

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "data")
SEED = 1
PEOPLE_TRAIN = 1100
DIGITS_TRAIN = 1297

# seqn and id number the people; school is years of schooling, which is the label again; the dates of death and
# alcoholhowmuch and pregnancies are missing for a quarter of the people or more; the last five are computed from others.
LEFT_OUT = ["seqn", "id", "school", "yrdth", "modth", "dadth", "alcoholhowmuch", "pregnancies",
            "censored", "older", "wt82_71", "price71_82", "tax71_82"]
# Codes, not measures: a middle value of them means nothing, the most frequent one does.
CODES = ["birthplace", "hightax82"]
EDUCATION = {1: "grade-school", 2: "high-school-dropout", 3: "high-school", 4: "college-dropout", 5: "college"}


def split(count, train):
    """Row numbers of the training and of the held-out rows, each ascending. Python promises that shuffle stays as it is."""
    rows = list(range(count))
    random.Random(SEED).shuffle(rows)
    return sorted(rows[:train]), sorted(rows[train:])


def cell(value):
    """The shortest decimal that is the same float32: the survey's own file holds no more digits."""
    return str(int(value)) if value == int(value) else np.format_float_positional(np.float32(value), unique=True, trim="-")


def people():
    table = nhefs.load_pandas().data.sort_values("seqn").reset_index(drop=True)
    label = table["education"].astype(int).map(EDUCATION)
    features = table.drop(columns=LEFT_OUT + ["education"]).astype(float)
    train, heldout = split(len(table), PEOPLE_TRAIN)
    # What held-out people say must not enter what the model is trained on, so only training people are asked.
    for name in features.columns[features.isna().any()]:
        known = features[name].iloc[train]
        fill = known.mode().iloc[0] if name in CODES else known.median()
        print(f"{name}: {int(features[name].isna().sum())} missing, filled with {cell(fill)}")
        features[name] = features[name].fillna(fill)
    for name, rows in ("people-train.csv", train), ("people-heldout.csv", heldout):
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(["id", *features.columns, "education"])
        for row in rows:
            out.writerow([f"person-{row + 1:04}", *(cell(v) for v in features.iloc[row]), label[row]])
        write(name, text.getvalue().encode())


def idx(array):
    """Bytes as IDX: two zero bytes, type 8, the number of dimensions, their sizes big-endian, the elements."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def digits():
    bunch = load_digits()
    # 0 to 16 becomes 0 to 255, as pictures have it; every one of the 17 levels keeps a value of its own.
    images = np.rint(bunch.images * 255 / 16)
    train, heldout = split(len(images), DIGITS_TRAIN)
    for name, rows in ("train", train), ("heldout", heldout):
        write(f"digits-{name}-images.idx.gz", gzip.compress(idx(images[rows]), 9, mtime=0))
        write(f"digits-{name}-labels.idx.gz", gzip.compress(idx(bunch.target[rows]), 9, mtime=0))


def write(name, content):
    (OUT / name).write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content)} bytes")


OUT.mkdir(parents=True, exist_ok=True)
people()
digits()
