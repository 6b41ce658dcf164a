# Serves the page on the articles in corpus/. For your own: docker run -v /my/articles:/app/corpus:ro ...
FROM python:3.12-slim

WORKDIR /app
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1

# The exact versions that were tested, each file checked by its hash. torch.lock has PyTorch's GPU build, several GB.
# For the small CPU build pass the address of its wheel: --build-arg TORCH=... Take the version of torch.lock; the
# hash of that file is not checked.
ARG TORCH
COPY requirements.lock torch.lock ./
RUN if [ -n "$TORCH" ]; then \
        pip install --no-cache-dir --no-deps "$TORCH" && \
        pip install --no-cache-dir --require-hashes -r requirements.lock; \
    else \
        pip install --no-cache-dir --require-hashes -r requirements.lock -r torch.lock; \
    fi

COPY qa qa
COPY corpus corpus
COPY app.py .

# The index is written beside the articles, if that folder is writable.
RUN useradd --create-home --uid 1000 reader && chown -R 1000 corpus
USER 1000

ENV GRADIO_SERVER_NAME=0.0.0.0
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/health', timeout=4).read()"]
CMD ["python", "app.py"]
