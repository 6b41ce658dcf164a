"""Compare `qa.pipeline` with transformers 4: the same weights, the same questions, in one run.

`python -m benchmarks.pipeline QUESTIONS --python PYTHON`, where PYTHON is the interpreter of an environment
with transformers 4.57.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from qa import pipeline
from qa.evaluation import GoldQuestion, load_gold
from qa.pipelines import PipelineAnswer
from qa.reader import Reader

TOLERANCE = 0.001
JOINED = 5  # paragraphs of a long context
LONG_SHARE = 5  # one question in this many has a long context
PROGRAM = Path(__file__).with_name("pipeline_transformers.py")

Example = dict[str, str]


def examples_from(gold: Sequence[GoldQuestion], count: int, seed: int = 0) -> list[Example]:
    """Return questions with their paragraph; one in `LONG_SHARE` has neighbouring paragraphs joined to it."""
    contexts = list(dict.fromkeys(question.context or "" for question in gold))
    positions = {context: position for position, context in enumerate(contexts)}
    generator = random.Random(seed)
    chosen = generator.sample(gold, count)
    examples = []
    for number, question in enumerate(chosen):
        context = question.context or ""
        if number % LONG_SHARE == 0:
            before = generator.randrange(JOINED)  # so that the answer may be anywhere
            first = max(0, min(positions[context] - before, len(contexts) - JOINED))
            context = "\n\n".join(contexts[first : first + JOINED])
        examples.append({"question": question.question, "context": context})
    return examples


def theirs(
    python: str, model: Path, examples: Sequence[Example], *, mended: bool, batch_size: int, options: Any
) -> tuple[float, list[PipelineAnswer]]:
    """Return the processor time and the answers of transformers."""
    order = {"model": str(model), "mended": mended, "batch_size": batch_size, "options": options}
    process = subprocess.run(
        [python, PROGRAM],
        input="\n".join(map(json.dumps, [order, *examples])),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds, *found = map(json.loads, process.stdout.splitlines())
    return seconds, found


def ours(
    model: Path, examples: Sequence[Example], dtype: Literal["auto", "float32"], options: Any
) -> tuple[float, list[PipelineAnswer]]:
    """Return the processor time and the answers of this project."""
    answer = pipeline("question-answering", str(model), dtype=dtype)
    answer(examples[0], **options)
    begin = time.process_time()
    found = answer(examples, **options)
    return time.process_time() - begin, found


def differences(one: Sequence[PipelineAnswer], other: Sequence[PipelineAnswer]) -> dict[str, list[int]]:
    """Return the positions of answers that differ in text, in place, and in score alone."""
    found = defaultdict(list)
    for position, (left, right) in enumerate(zip(one, other, strict=True)):
        if left["answer"] != right["answer"]:
            found["answer"].append(position)
        elif (left["start"], left["end"]) != (right["start"], right["end"]):
            found["place"].append(position)
        elif abs(left["score"] - right["score"]) > TOLERANCE:
            found["score"].append(position)
    return dict(found)


def main() -> None:
    """Print the figures, and every difference that the corrected scores of transformers do not explain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--python", required=True, help="of an environment with transformers 4.57")
    parser.add_argument("--count", type=int, default=1000, help="questions that are drawn")
    parser.add_argument("--skip", type=int, default=0, help="drawn questions that are left to another run")
    parser.add_argument("--most", type=int, default=1000, help="drawn questions that are asked in this run")
    parser.add_argument("--batch-size", type=int, default=1, help="of transformers (its default: 1)")
    parser.add_argument("--options", type=json.loads, default={}, help="options of a call, as JSON")
    parser.add_argument("--float32-only", action="store_true", help="leave out what `auto` gives")
    parser.add_argument("--show", type=int, default=10, help="differences of each kind to print")
    given = parser.parse_args()
    drawn = examples_from(load_gold(given.questions), given.count)
    examples = drawn[given.skip : given.skip + given.most]
    report: dict[str, Any] = {"questions": len(examples)}
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader.load(precise=True)
        reader.model.save_pretrained(folder)
        reader.tokenizer.save_pretrained(folder)
        model = Path(folder)
        quick_seconds = 0.0
        quick: list[PipelineAnswer] = []
        if not given.float32_only:
            quick_seconds, quick = ours(model, examples, "auto", given.options)
        seconds, found = ours(model, examples, "float32", given.options)
        their_seconds, expected = theirs(
            given.python, model, examples, mended=False, batch_size=given.batch_size, options=given.options
        )
        raw = differences(found, expected)
        doubtful = sorted(position for positions in raw.values() for position in positions)
        mended: list[PipelineAnswer] = []
        if doubtful:
            _, mended = theirs(
                given.python,
                model,
                [examples[position] for position in doubtful],
                mended=True,
                batch_size=given.batch_size,
                options=given.options,
            )
    unexplained = differences([found[position] for position in doubtful], mended)
    report |= {
        "processor seconds": {"theirs": their_seconds, "float32": seconds, "auto": quick_seconds},
        "times as fast": {
            "float32": their_seconds / seconds,
            "auto": their_seconds / quick_seconds if quick else None,
        },
        "float32, different": {kind: len(positions) for kind, positions in raw.items()},
        "scores above 1": {
            "theirs": sum(answer["score"] > 1 + TOLERANCE for answer in expected),
            "ours": sum(answer["score"] > 1 + TOLERANCE for answer in found),
        },
        "float32, different from theirs mended": {
            kind: len(positions) for kind, positions in unexplained.items()
        },
        "auto, different from float32": {
            kind: len(positions) for kind, positions in differences(quick, found if quick else []).items()
        },
        "largest difference of scores, mended": max(
            (
                abs(mended[row]["score"] - found[position]["score"])
                for row, position in enumerate(doubtful)
                if mended[row]["answer"] == found[position]["answer"]
            ),
            default=0.0,
        ),
    }
    json.dump(report, sys.stdout, indent=2)
    print()
    for kind, positions in raw.items():
        for position in positions[: given.show]:
            print(
                kind,
                examples[position]["question"],
                "| theirs:",
                expected[position],
                "| ours:",
                found[position],
            )
    for kind, rows in unexplained.items():
        for row in rows:
            print("UNEXPLAINED", kind, examples[doubtful[row]]["question"], mended[row], found[doubtful[row]])


if __name__ == "__main__":
    main()
