"""What holds for all tests: the models run in PyTorch. `test_compilation` is about the other way."""

from __future__ import annotations

import os

os.environ["QA_OPENVINO"] = "0"
