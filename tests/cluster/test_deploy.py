"""The configurations in `deploy/`, checked with Ray's own schema."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

from qa.cluster import Service
from tests.helpers import ROOT

DEPLOY = ROOT / "deploy"


def configurations() -> dict[str, Any]:
    """Return the configuration of Ray Serve in each file."""
    serve = yaml.safe_load((DEPLOY / "serve.yaml").read_text(encoding="utf-8"))
    *_, ray_service = yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text(encoding="utf-8"))
    assert ray_service["kind"] == "RayService"
    return {"serve": serve, "kuberay": yaml.safe_load(ray_service["spec"]["serveConfigV2"])}


def test_both_describe_the_same_service() -> None:
    one, other = configurations().values()
    assert one == other
    (application,) = one["applications"]
    service = Service.of(application["args"])
    assert (service.shards, service.copies, service.replicas, service.port) == (4, 2, 8, 7860)
    module, _, name = application["import_path"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_ray_accepts_them() -> None:
    schema = pytest.importorskip("ray.serve.schema")
    for configuration in configurations().values():
        schema.ServeDeploySchema.model_validate(configuration)
