"""Vector index: nearest vectors by inner product with FAISS, exact or by one-bit codes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.storage import written_through

if TYPE_CHECKING:
    import faiss
    from numpy.typing import NDArray

# Chosen by measurement, see benchmarks/README.md.
EXACT_ROWS = 20_000
"""Up to this many rows, search compares all vectors (2 ms); above it, their codes."""

REFINE_FACTOR = 10
"""Number of candidates taken from the codes for each requested row."""

MIN_CANDIDATES = 1_000
"""Minimum number of candidates taken from the codes."""

TRAINING_ROWS = 65_536
"""The mean that the codes are relative to is computed from at least this many rows, if there are as many."""

BLOCK_ROWS = 16_384
"""How many rows are processed at once, to limit memory."""

ROUNDING = 1e-5
"""Maximum difference between two sums of the same products, from rounding."""

_header_lock = threading.Lock()
"""Held while NumPy parses the header of a file: Python before 3.11.8 fails if two threads do so at once."""


class VectorIndex:
    """Finds the rows of a matrix with the highest inner products.

    Up to `EXACT_ROWS` rows, all are compared. A larger index also has a code of one bit per component for
    each row. The codes select candidates and may miss some; the candidates are ranked by their exact inner
    products. Source of the codes: Gao and Long 2024, RaBitQ.

    Args:
        vectors: (rows, dimension) The vectors, which may be mapped from a file.
        codes: The FAISS index of the codes, None to compare all vectors.
    """

    def __init__(self, vectors: NDArray[np.float32], codes: faiss.IndexPreTransform | None) -> None:
        self.vectors = vectors
        self._codes = codes
        if codes is not None:
            import faiss

            transform = faiss.downcast_VectorTransform(codes.chain.at(0))
            self._rotation = faiss.vector_to_array(transform.A).reshape(transform.d_out, transform.d_in)
            self._rotated_codes = faiss.downcast_index(codes.index)

    @classmethod
    def build(cls, vectors: NDArray[np.float32], *, exact_rows: int = EXACT_ROWS) -> VectorIndex:
        """Build an index.

        Args:
            vectors: (rows, dimension) Unit vectors. They are not copied: do not change them.
            exact_rows: Maximum number of rows for which no codes are made.

        Raises:
            ValueError: The vectors have the wrong shape or type, or contain infinity or NaN.
        """
        if vectors.ndim != 2 or not vectors.flags.c_contiguous or vectors.dtype != np.float32:
            raise ValueError(f"not rows of float32: {vectors.dtype} {vectors.shape}")
        for start in range(0, len(vectors), BLOCK_ROWS):
            _checked(vectors[start : start + BLOCK_ROWS], vectors.shape[1])
        return cls(vectors, _build_codes(vectors) if len(vectors) > exact_rows else None)

    def __len__(self) -> int:
        return len(self.vectors)

    def search(
        self, questions: NDArray[np.float32], k: int, *, deleted: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Find the rows nearest to each question.

        Args:
            questions: (questions, dimension) The vectors of the questions.
            k: How many rows to find.
            deleted: (rows,) The mask of rows to skip, None for none.

        Returns:
            Scores and rows, best first, both (questions, k), or with fewer columns if fewer rows are left. A
            score is the inner product of two vectors and depends on nothing else. Ties are in row order.

        Raises:
            ValueError: The questions have the wrong shape, or contain infinity or NaN.
        """
        questions = _checked(questions, self.vectors.shape[1])
        live = np.ones(len(self), np.bool_) if deleted is None else ~deleted
        k = max(0, min(k, int(np.count_nonzero(live))))
        scores, rows = np.zeros((len(questions), k), np.float32), np.zeros((len(questions), k), np.int64)
        if k == 0:
            return scores, rows
        for position, question in enumerate(questions):
            candidates = self._candidates(question, k, live)
            # Compute all scores in the same way, so that equal vectors have equal scores in every row.
            products = np.einsum("rd,d->r", self.vectors[candidates], question)
            best = np.lexsort((candidates, -products))[:k]
            scores[position], rows[position] = products[best], candidates[best]
        return scores, rows

    def _candidates(
        self, question: NDArray[np.float32], k: int, live: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return at least `k` live rows, with the best ones among them (with codes, nearly all of these)."""
        count = max(REFINE_FACTOR * k, MIN_CANDIDATES)
        if self._codes is None or count >= len(self):
            return self._exact_candidates(question, k, live)
        # FAISS would wake all threads to rotate one question, which takes longer than the search.
        rotated = (self._rotation @ question).reshape(1, -1)
        width = count
        while True:
            _, rows = self._rotated_codes.search(rotated, width)
            candidates: NDArray[np.int64] = rows[0][live[rows[0]]]
            if len(candidates) >= count or width == len(self):
                return candidates
            width = min(2 * width, len(self))  # too many were deleted

    def _exact_candidates(
        self, question: NDArray[np.float32], k: int, live: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return the `k` best live rows and all that tie with the last of them."""
        import faiss

        selector = faiss.IDSelectorBitmap(np.packbits(live, bitorder="little"))
        # FAISS may return any of the rows with equal scores, so widen until a clearly worse one is found.
        width = k
        while True:
            width = min(2 * width, len(self))
            scores, rows = np.empty(width, np.float32), np.empty(width, np.int64)
            faiss.knn_inner_product(
                faiss.swig_ptr(question),
                faiss.swig_ptr(self.vectors),
                self.vectors.shape[1],
                1,
                len(self),
                width,
                faiss.swig_ptr(scores),
                faiss.swig_ptr(rows),
                selector,
            )
            if rows[-1] < 0 or scores[-1] < scores[k - 1] - ROUNDING or width == len(self):
                return rows[rows >= 0]

    def save(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write the files that `open` reads. They are on the disk on return.

        Args:
            folder: The folder.
            stem: The prefix of the file names.

        Returns:
            The names of the files.

        Raises:
            OSError: A file cannot be written completely, or already exists.
        """
        vectors_name, codes_name = f"{stem}.npy", f"{stem}.codes"
        with written_through(folder / vectors_name) as file:
            np.lib.format.write_array(file, self.vectors, allow_pickle=False)
        if self._codes is None:
            return (vectors_name,)
        import faiss

        with written_through(folder / codes_name) as file:
            try:
                faiss.write_index(self._codes, faiss.PyCallbackIOWriter(file.write))
            except RuntimeError as error:  # FAISS raises it for every failure
                raise OSError(f"{folder / codes_name} cannot be written: {error}") from error
        return (vectors_name, codes_name)

    @classmethod
    def open(cls, folder: Path, stem: str) -> VectorIndex:
        """Open what `save` wrote. The vectors are mapped, that is, read as they are needed.

        Damage inside the files is not detected: compare checksums first.

        Raises:
            OSError: A file is missing.
            ValueError: A file has no valid structure.
        """
        codes_path = folder / f"{stem}.codes"
        try:
            with _header_lock:
                vectors = np.load(folder / f"{stem}.npy", mmap_mode="r", allow_pickle=False)
            if not codes_path.exists():
                return cls(vectors, None)
            import faiss

            return cls(vectors, faiss.read_index(str(codes_path)))
        except (EOFError, RuntimeError) as error:
            raise ValueError(f"the vectors {stem} in {folder} are damaged: {error}") from error


def _build_codes(vectors: NDArray[np.float32]) -> faiss.IndexPreTransform:
    import faiss

    rows, dimension = vectors.shape
    # The method needs a random rotation. Without it, a few large components would outweigh the others.
    codes = faiss.IndexPreTransform(
        faiss.RandomRotationMatrix(dimension, dimension),
        faiss.IndexRaBitQFastScan(dimension, faiss.METRIC_INNER_PRODUCT),
    )
    codes.train(np.ascontiguousarray(vectors[:: max(1, rows // TRAINING_ROWS)]))
    for start in range(0, rows, BLOCK_ROWS):
        codes.add(vectors[start : start + BLOCK_ROWS])
    return codes


def _checked(vectors: NDArray[np.float32], dimension: int) -> NDArray[np.float32]:
    """Return finite vectors (any, dimension) in C order.

    Raises:
        ValueError: They have the wrong shape, or contain infinity or NaN.
    """
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise ValueError(f"vectors of shape {vectors.shape}, not (any, {dimension})")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector contains NaN or infinity")
    return np.ascontiguousarray(vectors, dtype=np.float32)
