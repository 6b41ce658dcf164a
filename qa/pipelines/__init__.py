"""The question-answering pipeline that transformers had before version 5.3: it reads a given context."""

from __future__ import annotations

from qa.pipelines.answers import PipelineAnswer
from qa.pipelines.question_answering import QuestionAnsweringPipeline, pipeline

__all__ = ["PipelineAnswer", "QuestionAnsweringPipeline", "pipeline"]
