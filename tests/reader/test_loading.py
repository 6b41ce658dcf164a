"""The reader computes in the precision that suits the processor."""

from __future__ import annotations

import pytest
import torch

from qa.reader.loading import in_best_precision
from tests.tiny_reader import tiny_reader


@pytest.mark.parametrize("instructions", ["amx_bf16", "avx512_bf16"])
def test_bfloat16_where_the_processor_computes_in_it(
    monkeypatch: pytest.MonkeyPatch, instructions: str
) -> None:
    """The span head stays in single precision, and the scores are nearly those of single precision."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {instructions: True}, raising=False)
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    with torch.inference_mode():
        whole = tiny_reader().model(input_ids=ids).start_logits
        model = in_best_precision(tiny_reader().model)
        starts = model(input_ids=ids).start_logits
    assert model.dtype == torch.bfloat16
    assert starts.dtype == torch.float32
    assert not torch.equal(starts, whole)
    torch.testing.assert_close(starts, whole, rtol=0, atol=0.15)


def test_single_precision_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": False}, raising=False)
    assert in_best_precision(tiny_reader().model).dtype == torch.float32
    monkeypatch.delattr(torch.cpu, "get_capabilities")  # older versions of torch lack it
    assert in_best_precision(tiny_reader().model).dtype == torch.float32
