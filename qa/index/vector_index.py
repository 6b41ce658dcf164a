"""Vectors to the nearest of many. The only file that says `faiss`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.storage import written_through

if TYPE_CHECKING:
    import faiss
    from numpy.typing import NDArray

# Chosen by measuring, see benchmarks/README.md.
EXACT_ROWS = 20_000  # each of which is looked at in 2 ms; of more rows the codes are
REFINE = 10  # times as many candidates as rows asked for are taken from the codes
CANDIDATES = 1_000  # that are taken at least
SAMPLE = 65_536  # rows that the codes' middle is learnt from
BLOCK = 16_384  # rows worked on at once, so that memory stays bounded
ROUNDING = 1e-5  # by so much two sums of the same products may differ


class VectorIndex:
    """The rows of a matrix of vectors that have the highest inner products with a question.

    Up to `EXACT_ROWS` rows each is looked at. Of more, each row's code is, which has a bit for a number:
    the candidates that the codes give, which may lack a row, are ranked by their exact products.
    Source of the codes: Gao and Long 2024, RaBitQ.

    `vectors` (rows, dimension) may be mapped from a file; only rows that are looked at are read.
    """

    def __init__(self, vectors: NDArray[np.float32], codes: faiss.IndexPreTransform | None) -> None:
        self.vectors = vectors
        self._codes = codes
        if codes is not None:
            import faiss

            turn = faiss.downcast_VectorTransform(codes.chain.at(0))
            self._turn = faiss.vector_to_array(turn.A).reshape(turn.d_out, turn.d_in)
            self._turned = faiss.downcast_index(codes.index)

    @classmethod
    def build(cls, vectors: NDArray[np.float32], *, exact_rows: int = EXACT_ROWS) -> VectorIndex:
        """Nearest rows of unit `vectors`, which are not copied: leave them as they are.

        Raises:
            ValueError: not (rows, dimension), or a vector holds what is not a number.
        """
        if vectors.ndim != 2 or not vectors.flags.c_contiguous or vectors.dtype != np.float32:
            raise ValueError(f"not rows of float32: {vectors.dtype} {vectors.shape}")
        for start in range(0, len(vectors), BLOCK):
            _checked(vectors[start : start + BLOCK], vectors.shape[1])
        return cls(vectors, _codes(vectors) if len(vectors) > exact_rows else None)

    @property
    def kind(self) -> str:
        """How it searches: `exact` or `one-bit codes, re-ranked`."""
        return "exact" if self._codes is None else "one-bit codes, re-ranked"

    def __len__(self) -> int:
        return len(self.vectors)

    def search(
        self, questions: NDArray[np.float32], k: int, *, dead: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `k` nearest rows of each of `questions` (questions, dimension), best first.

        Rows where `dead` (rows,) is true are passed over. Returns scores and rows, both (questions, k)
        or as many columns as there are rows left. A score is the inner product of the two vectors, and
        depends on nothing else; equal scores keep the order of the rows.

        Raises:
            ValueError: a vector of another dimension, or one that is not all numbers.
        """
        questions = _checked(questions, self.vectors.shape[1])
        alive = np.ones(len(self), np.bool_) if dead is None else ~dead
        k = max(0, min(k, int(np.count_nonzero(alive))))
        scores, rows = np.zeros((len(questions), k), np.float32), np.zeros((len(questions), k), np.int64)
        for place, question in enumerate(questions if k else []):
            found = self._candidates(question, k, alive)
            # One sum for all, so that equal vectors have equal scores wherever they lie.
            products = np.einsum("rd,d->r", self.vectors[found], question)
            best = np.lexsort((found, -products))[:k]
            scores[place], rows[place] = products[best], found[best]
        return scores, rows

    def _candidates(
        self, question: NDArray[np.float32], k: int, alive: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """`k` rows that live or more, which hold the best."""
        wanted = max(REFINE * k, CANDIDATES)
        if self._codes is None or wanted >= len(self):
            return self._exact(question, k, alive)
        # Turned here, since FAISS wakes all threads to turn one question, which takes longer than to search.
        turned = (self._turn @ question).reshape(1, -1)
        width = wanted
        while True:
            _, rows = self._turned.search(turned, width)
            found: NDArray[np.int64] = rows[0][alive[rows[0]]]
            if len(found) >= wanted or width == len(self):
                return found
            width = min(2 * width, len(self))

    def _exact(self, question: NDArray[np.float32], k: int, alive: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The `k` best rows that live and all that equal the last of them."""
        import faiss

        selector = faiss.IDSelectorBitmap(np.packbits(alive, bitorder="little"))
        # FAISS leaves open which of equal scores it returns: ask until the last one kept is beaten.
        width = k
        while True:
            width = min(2 * width, len(self))
            scores, rows = np.empty(width, np.float32), np.empty(width, np.int64)
            faiss.knn_inner_product(
                *map(faiss.swig_ptr, (question, self.vectors)),
                self.vectors.shape[1],
                1,
                len(self),
                width,
                *map(faiss.swig_ptr, (scores, rows)),
                selector,
            )
            if rows[-1] < 0 or scores[-1] < scores[k - 1] - ROUNDING or width == len(self):
                return rows[rows >= 0]

    def save(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write into `folder` what `open` reads, all of it on the disk at return, and give the files' names.

        The names begin with `stem`; files that have them are written over.

        Raises:
            OSError: it cannot be written whole.
        """
        import faiss

        names = [f"{stem}.npy"] if self._codes is None else [f"{stem}.npy", f"{stem}.codes"]
        for name in names:
            with written_through(folder / name) as file:
                if name.endswith(".npy"):
                    np.lib.format.write_array(file, self.vectors, allow_pickle=False)
                else:
                    try:
                        faiss.write_index(self._codes, faiss.PyCallbackIOWriter(file.write))
                    # FAISS has one kind of error for all.
                    except RuntimeError as error:
                        raise OSError(f"{folder / name} cannot be written: {error}") from error
        return tuple(names)

    @classmethod
    def open(cls, folder: Path, stem: str) -> VectorIndex:
        """What was saved under `stem`. The vectors are mapped: read from the disk as they are needed.

        The caller sees to it that the files are those that were saved: not every damage is noticed.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        codes = folder / f"{stem}.codes"
        try:
            vectors = np.load(folder / f"{stem}.npy", mmap_mode="r", allow_pickle=False)
            if not codes.exists():
                return cls(vectors, None)
            import faiss

            return cls(vectors, faiss.read_index(str(codes)))
        except (EOFError, RuntimeError) as error:
            raise ValueError(f"the vectors {stem} in {folder} are damaged: {error}") from error


def _codes(vectors: NDArray[np.float32]) -> faiss.IndexPreTransform:
    import faiss

    rows, dimension = vectors.shape
    # Turned at random first, as the method asks: else a few large numbers would outweigh the others' bits.
    codes = faiss.IndexPreTransform(
        faiss.RandomRotationMatrix(dimension, dimension),
        faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT),
    )
    codes.train(np.ascontiguousarray(vectors[:: max(1, rows // SAMPLE)]))
    for start in range(0, rows, BLOCK):
        codes.add(vectors[start : start + BLOCK])
    return codes


def _checked(vectors: NDArray[np.float32], dimension: int) -> NDArray[np.float32]:
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise ValueError(f"vectors of shape {vectors.shape}, not (any, {dimension})")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector holds what is not a number")
    return np.ascontiguousarray(vectors, dtype=np.float32)
