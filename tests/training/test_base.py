"""The base model's 8-bit weights become tensors of single precision under torch's names."""

from __future__ import annotations

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.base import dequantized

WORDS = np.array([[0, 128, 255], [130, 120, 128]], np.uint8)
MATRIX = np.array([[5, -3], [0, 127], [-128, 1]], np.int8)  # (in, out)
BIAS = np.array([0.5, -0.25], np.float32)
QUERY = "bert.encoder.layer.0.attention.self.query"


def model() -> onnx.ModelProto:
    """A product with a quantized matrix, whose name is only in that of its node, and other tensors."""
    arrays: dict[str, NDArray[np.generic]] = {
        "bert.embeddings.word_embeddings.weight_quantized": WORDS,
        "bert.embeddings.word_embeddings.weight_scale": np.array(0.5, np.float32),
        "bert.embeddings.word_embeddings.weight_zero_point": np.array(128, np.uint8),
        "onnx::MatMul_1_quantized": MATRIX,
        "onnx::MatMul_1_scale": np.array([0.1, 0.2], np.float32),
        "onnx::MatMul_1_zero_point": np.array([0, 1], np.int8),
        f"{QUERY}.bias": BIAS,
        "classifier.weight": np.ones((1, 2), np.float32),
    }
    product = helper.make_node(
        "MatMulInteger",
        ["x", "onnx::MatMul_1_quantized", "x_zero", "onnx::MatMul_1_zero_point"],
        ["y"],
        name=f"/{QUERY.replace('.', '/').replace('layer/0', 'layer.0')}/MatMul_quant",
    )
    graph = helper.make_graph(
        [product],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [1, 3])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [1, 2])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    return helper.make_model(graph)


def close(tensor: torch.Tensor, array: NDArray[np.float32]) -> bool:
    return tensor.dtype == torch.float32 and np.allclose(tensor.numpy(), array)


def test_tensors_of_the_encoder_are_dequantized_and_named() -> None:
    tensors = dequantized(model())
    assert tensors.keys() == {"bert.embeddings.word_embeddings.weight", f"{QUERY}.weight", f"{QUERY}.bias"}
    assert close(tensors["bert.embeddings.word_embeddings.weight"], (WORDS.astype(np.float32) - 128) * 0.5)
    matrix = (MATRIX.astype(np.float32) - [0, 1]) * [0.1, 0.2]
    assert close(tensors[f"{QUERY}.weight"], matrix.T.astype(np.float32))
    assert close(tensors[f"{QUERY}.bias"], BIAS)
