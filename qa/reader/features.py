"""Features for the calibration of an answer: reader scores, agreement and retrieval ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.reader.candidate import Candidate
from qa.reader.same_answer import same_answer
from qa.results import Passage

FEATURES = (
    "score",
    "silence",
    "lead",
    "support",
    "vector_rank",
    "lexical_rank",
    "similarity",
    "relevance_lead",
)
EVIDENCE = 5  # passages that answers are compared with
MAX_ANSWERS = 8  # different answers that get a probability
MAX_LEAD = 12.0  # logits; a larger lead counts as this


def different_answers(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group candidates that give the same answer; the best of each group comes first.

    A candidate joins the best group whose best candidate gives the same answer, see `same_answer`. One that
    overlaps a better one is left out. Answers of the first `EVIDENCE` passages are grouped as if there were
    no other passages, so that reading more passages only adds answers.

    Args:
        passages: The passages that were read, best first.
        candidates: Their candidates, best first.

    Returns:
        At most `MAX_ANSWERS` groups from the first passages, then at most as many new ones from the rest.
    """
    first = set(passages[:EVIDENCE])
    groups: list[list[Candidate]] = []
    taken: list[Candidate] = []
    for part in (
        [candidate for candidate in candidates if candidate.passage in first],
        [candidate for candidate in candidates if candidate.passage not in first],
    ):
        grouped_before, most = len(groups), len(groups) + MAX_ANSWERS
        for candidate in part:
            if any(_overlap(candidate, other) for other in taken):
                continue
            group = next((n for n, known in enumerate(groups) if _agree(known[0], candidate)), len(groups))
            if group < grouped_before:
                continue
            if group == most:
                break
            taken.append(candidate)
            if group == len(groups):
                groups.append([])
            groups[group].append(candidate)
    return groups


def features(passages: Sequence[Passage], groups: Sequence[Sequence[Candidate]]) -> NDArray[np.float64]:
    """Return the features (groups, features) of each answer, named in `FEATURES`.

    Answers and passages are compared with those of the first `EVIDENCE` passages alone, so that reading more
    passages changes no probability. If there are fewer, the missing ones count as having no relevance.

    Args:
        passages: The passages that were read, best first.
        groups: The result of `different_answers`.
    """
    first = passages[:EVIDENCE]
    rivals = [group[0].score if group[0].passage in first else -math.inf for group in groups]
    rows = []
    for i, group in enumerate(groups):
        best = group[0]
        lead = best.score - max(rivals[:i] + rivals[i + 1 :], default=-math.inf)
        others = [passage.score for passage in first if passage != best.passage][: EVIDENCE - 1]
        rows.append(
            (
                best.score,
                min(best.score, 0.0),
                max(-MAX_LEAD, min(MAX_LEAD, lead)),
                math.log(sum(math.exp(max(other.score - best.score, -MAX_LEAD)) for other in group)),
                1 / (best.passage.vector_rank or math.inf),
                1 / (best.passage.lexical_rank or math.inf),
                best.passage.similarity,
                best.passage.score - sum(others) / (EVIDENCE - 1),
            )
        )
    return np.array(rows, dtype=np.float64)


def _agree(one: Candidate, other: Candidate) -> bool:
    return same_answer(one.text, other.text)


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.passage.document.id == other.passage.document.id and one.span.overlaps(other.span)
