"""Eight bits per weight, one scale per row."""

from __future__ import annotations

import torch

from qa.reader.quantization import LARGEST, dequantized, quantized


def test_no_number_is_off_by_more_than_half_a_step_of_its_row() -> None:
    matrix = (
        torch.randn(6, 40, generator=torch.Generator().manual_seed(0)) * torch.logspace(-3, 2, 6)[:, None]
    )
    read = dequantized(quantized({"matrix": matrix}))["matrix"]
    step = matrix.abs().amax(1, keepdim=True) / LARGEST
    assert ((read - matrix).abs() <= step / 2 * (1 + 1e-5)).all()


def test_vectors_stay_as_they_are_and_names_too() -> None:
    tensors = {"layer.weight": torch.ones(2, 3), "layer.bias": torch.tensor([0.1, -7.3])}
    stored = quantized(tensors)
    assert stored["layer.weight"].dtype == torch.int8
    read = dequantized(stored)
    assert read.keys() == tensors.keys()
    assert torch.equal(read["layer.bias"], tensors["layer.bias"])


def test_a_row_of_zeros_stays_one() -> None:
    matrix = torch.tensor([[0.0, 0.0], [3.0, -1.5]])
    read = dequantized(quantized({"matrix": matrix}))["matrix"]
    torch.testing.assert_close(read, matrix, rtol=0, atol=3 / LARGEST / 2)
    assert not read[0].any()


def test_what_was_quantized_once_is_quantized_the_same_again() -> None:
    matrix = torch.randn(4, 9, generator=torch.Generator().manual_seed(1))
    stored = quantized({"matrix": matrix})
    again = quantized(dequantized(stored))
    assert torch.equal(stored["matrix"], again["matrix"])
