"""Answer the same questions about each text of a CSV file: `python examples/read_a_table_of_texts.py FILE`.

The file has the columns `id` and `text`. Each answer is printed as a line of CSV with its offsets in it.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from qa import pipeline

QUESTIONS = ["Who wrote it?", "When was it written?"]


def main() -> None:
    """Print the answers. Questions that a text does not answer are left out."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answer = pipeline("question-answering", handle_impossible_answer=True)
    asked = [(row, question) for row in rows for question in QUESTIONS]
    found = answer([{"question": question, "context": row["text"]} for row, question in asked])
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["id", "question", "answer", "start", "end"])
    for (row, question), one in zip(asked, found, strict=True):
        if one["answer"]:
            table.writerow([row["id"], question, one["answer"], one["start"], one["end"]])


if __name__ == "__main__":
    main()
