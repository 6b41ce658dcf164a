"""Answer questions with the pipeline of transformers 4, for `benchmarks.pipeline`.

It reads and writes JSON lines. The first line names the model, and says whether to correct how the scores of
several windows are combined; each other line is a question with its context.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from transformers import AutoModelForQuestionAnswering, AutoTokenizer
from transformers.pipelines.question_answering import QuestionAnsweringPipeline  # type: ignore[import-not-found, unused-ignore]


class Mended(QuestionAnsweringPipeline):  # type: ignore[misc, unused-ignore]
    """Takes the best score of several windows, where the original adds up the scores of equal texts."""

    def postprocess(self, model_outputs: Any, **options: Any) -> Any:
        """Return the best answer, if one answer is requested."""
        found = [super(Mended, self).postprocess([output], **options) for output in model_outputs]
        return max(found, key=lambda answer: answer["score"])


def main() -> None:
    """Print a line with the processor time in seconds, then an answer for each question."""
    order, *examples = map(json.loads, sys.stdin)
    kind = Mended if order["mended"] else QuestionAnsweringPipeline
    answer = kind(
        model=AutoModelForQuestionAnswering.from_pretrained(order["model"]),
        tokenizer=AutoTokenizer.from_pretrained(order["model"]),
        batch_size=order["batch_size"],
    )
    questions = [example["question"] for example in examples]
    contexts = [example["context"] for example in examples]
    answer(question=questions[0], context=contexts[0], **order["options"])
    begin = time.process_time()
    found = answer(question=questions, context=contexts, **order["options"])
    print(json.dumps(time.process_time() - begin))
    for one in found if isinstance(found, list) else [found]:
        print(json.dumps(one))


if __name__ == "__main__":
    main()
