"""Fine-tune the span reader: questions in, checkpoints out, resumable after a kill.

    python -m training.train DATA BASE RUN [--steps N]                          # one process
    torchrun --nproc_per_node 2 -m training.train DATA BASE RUN [--steps N]     # two cores

The model computes in bfloat16; the optimiser keeps single-precision weights. One process per core, one thread
each; gradients are averaged. Started again on the same RUN, it resumes from its last checkpoint, even with
another --steps: the learning rate is constant after the warm-up and falls to zero over the last part, so a
run can be lengthened or ended early.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedModel

from training.examples import Group, load_tokenizer, one_pass
from training.questions import load_all

log = logging.getLogger("training")

MULTIPLE = 32  # lengths are padded to it: every new shape costs the kernels a compilation


def padded_length(group: Group) -> int:
    """Return the padded length of the group's longest window."""
    return math.ceil(max(len(window.ids) for window in group) / MULTIPLE) * MULTIPLE


def batches(groups: Sequence[Group], budget: int, ranks: int, rng: random.Random) -> list[list[list[Group]]]:
    """Return steps of `ranks` batches of similar length, each of at most `budget` padded tokens."""
    order = sorted(groups, key=lambda group: (padded_length(group), rng.random()))
    made: list[list[Group]] = [[]]
    for group in order:
        count = sum(len(g) for g in made[-1]) + len(group)
        if made[-1] and padded_length(group) * count > budget:
            made.append([])
        made[-1].append(group)
    steps = [made[i : i + ranks] for i in range(0, len(made) - ranks + 1, ranks)]
    rng.shuffle(steps)
    return steps


def collate(batch: Sequence[Group]) -> dict[str, torch.Tensor]:
    """Return the arrays of one batch.

    `members` (groups, windows per group) has the windows of each group, -1 for none; `group` (windows,) has
    the group of each window.
    """
    flat = [window for group in batch for window in group]
    length = max(padded_length(group) for group in batch)
    ids = np.zeros((len(flat), length), np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    context = np.zeros((len(flat), length), bool)
    votes = np.zeros((2, len(flat), length), np.float32)
    for row, window in enumerate(flat):
        n = len(window.ids)
        ids[row, :n] = window.ids
        mask[row, :n] = 1
        types[row, window.context_start : n] = 1
        context[row, window.context_start : n - 1] = True
        for side, chosen in enumerate((window.starts, window.ends)):
            for position, weight in chosen.items():
                votes[side, row, position] = weight
    members = np.full((len(batch), max(len(group) for group in batch)), -1)
    owner = np.repeat(np.arange(len(batch)), [len(group) for group in batch])
    row = 0
    for number, group in enumerate(batch):
        members[number, : len(group)] = range(row, row + len(group))
        row += len(group)
    arrays = {"ids": ids, "types": types, "mask": mask, "context": context, "votes": votes}
    arrays |= {"members": members, "group": owner}
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def by_group(values: torch.Tensor, members: torch.Tensor, nothing: float) -> torch.Tensor:
    """Return values (..., windows) as (..., groups, windows per group), `nothing` if there is no window."""
    return values[..., members.clamp(min=0)].masked_fill(members < 0, nothing)


def shared_norm(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return scores (2, windows, length) and the log of their normaliser in each group (2, groups).

    `logits` is (2, windows, length), starts and ends. Positions are measured against their own window's first
    token ([CLS], "no answer"), so that windows are comparable: Clark and Gardner 2018 with no-answer as one
    more option of score 0. Outside the context the score is -inf.
    """
    scores = (logits - logits[:, :, :1]).masked_fill(~batch["context"], -torch.inf)
    every_window = by_group(scores.logsumexp(-1), batch["members"], -torch.inf)
    null = torch.zeros_like(every_window[:, :, :1])
    return scores, torch.cat([null, every_window], -1).logsumexp(-1)


def shared_norm_loss(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the mean over groups of the cross entropy over no-answer and all positions of a group's windows.

    The votes of a group sum to at most 1; the rest is for no-answer.
    """
    scores, normaliser = shared_norm(logits, batch)
    voted = (batch["votes"] * scores.masked_fill(~batch["context"], 0.0)).sum(-1)
    return (normaliser - by_group(voted, batch["members"], 0.0).sum(-1)).mean()


class SpanLogits(nn.Module):
    """The reader in bfloat16, from arrays (windows, length) to logits (2, windows, length).

    `trained` are the single-precision parameters that the optimiser changes.
    """

    def __init__(self, reader: PreTrainedModel) -> None:
        super().__init__()
        self.trained = [parameter for parameter in reader.parameters() if parameter.requires_grad]
        self.copy = copy.deepcopy(reader).bfloat16()
        self.halves = [parameter for parameter in self.copy.parameters() if parameter.requires_grad]

    def forward(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the logits of starts and of ends, in single precision."""
        with torch.no_grad():
            for whole, half in zip(self.trained, self.halves, strict=True):
                half.copy_(whole)
        out = self.copy(input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["types"])
        return torch.stack([out.start_logits.float(), out.end_logits.float()])

    def collect_gradients(self) -> None:
        """Move the gradients of the last forward pass to the single-precision parameters."""
        for whole, half in zip(self.trained, self.halves, strict=True):
            whole.grad = None if half.grad is None else half.grad.float()
            half.grad = None


def load_base(folder: Path, *, seed: int) -> PreTrainedModel:
    """Load the base model with a new span head and no dropout: a pass or two does not overfit."""
    config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    config._attn_implementation = "eager" if not torch.cuda.is_available() else "sdpa"
    torch.manual_seed(seed)
    reader = BertForQuestionAnswering(config)
    reader.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    return reader


def parameter_groups(reader: PreTrainedModel, rate: float, decay: float) -> list[dict[str, object]]:
    """Return layer-wise decayed learning rates; no weight decay on biases and LayerNorm."""
    layers = reader.config.num_hidden_layers
    grouped: dict[tuple[int, bool], list[nn.Parameter]] = {}
    for name, parameter in reader.named_parameters():
        if not parameter.requires_grad:
            continue
        if "encoder.layer." in name:
            depth = layers - 1 - int(name.split("encoder.layer.")[1].split(".")[0])
        else:
            depth = layers if "embeddings" in name else -1
        plain = name.endswith("bias") or "LayerNorm" in name
        grouped.setdefault((depth, plain), []).append(parameter)
    return [
        {"params": parameters, "peak": rate * decay ** (depth + 1), "weight_decay": 0.0 if plain else 0.01}
        for (depth, plain), parameters in grouped.items()
    ]


def rate_at(step: int, steps: int, *, warmup: int = 200, fall: float = 0.35) -> float:
    """Return the share of the peak learning rate: warm-up, constant, linear to zero over the last `fall`."""
    left = (steps - step) / max(1, int(steps * fall))
    return max(0.0, min(1.0, (step + 1) / warmup, left))


def average_gradients(parameters: Sequence[nn.Parameter], ranks: int) -> None:
    """Average the gradients of all processes."""
    flat = torch.cat([parameter.grad.flatten() for parameter in parameters if parameter.grad is not None])
    dist.all_reduce(flat)
    flat /= ranks
    taken = 0
    for parameter in parameters:
        if parameter.grad is not None:
            parameter.grad.copy_(flat[taken : taken + parameter.grad.numel()].view_as(parameter.grad))
            taken += parameter.grad.numel()


def main() -> None:
    """Train until the last step, from the last checkpoint if there is one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("base", type=Path, help="folder that training.base made")
    parser.add_argument("run", type=Path, help="folder for checkpoints and log (git-ignored)")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument(
        "--fall", type=float, default=0.35, help="share of the steps over which the rate falls"
    )
    parser.add_argument("--rate", type=float, default=2e-4, help="peak learning rate of the head")
    parser.add_argument(
        "--decay", type=float, default=0.95, help="ratio of a layer's rate to that of the layer above"
    )
    parser.add_argument("--budget", type=int, default=4096, help="padded tokens per process and step")
    parser.add_argument("--limit", type=int, help="train on only this many questions, for a pilot")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    ranks, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if ranks > 1:
        dist.init_process_group("gloo")
    reader = load_base(options.base, seed=options.seed).train()
    reader.to(device)
    reader.get_input_embeddings().requires_grad_(False)
    groups = parameter_groups(reader, options.rate, options.decay)
    optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), fused=True)
    model = SpanLogits(reader)

    step, visit, done = 0, 1, 0
    checkpoint = options.run / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        reader.load_state_dict(saved["reader"])
        optimizer.load_state_dict(saved["optimizer"])
        step, visit, done = saved["position"]
    options.run.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(options.base)
    questions = [q for q in load_all(options.data / "train") if not q.held_out]
    if options.limit:
        questions = random.Random(0).sample(questions, options.limit)

    def save() -> None:
        state = {
            "reader": reader.state_dict(),
            "optimizer": optimizer.state_dict(),
            "position": (step, visit, done),
        }
        torch.save(state, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)

    started, seen, losses = time.monotonic(), 0, []
    while step < options.steps:
        rng = random.Random(f"{options.seed} {visit}")
        passed = one_pass(questions, tokenizer, rng.getrandbits(32))
        schedule = batches(passed, options.budget, ranks, rng)
        if rank == 0:
            log.info("pass %d: %d groups, %d steps", visit, len(passed), len(schedule))
        while done < len(schedule) and step < options.steps:
            batch = {name: array.to(device) for name, array in collate(schedule[done][rank]).items()}
            loss = shared_norm_loss(model(batch), batch)
            loss.backward()
            model.collect_gradients()
            if ranks > 1:
                average_gradients(model.trained, ranks)
            nn.utils.clip_grad_norm_(model.trained, 1.0)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate_at(step, options.steps, fall=options.fall)
            optimizer.step()
            optimizer.zero_grad()
            step, done = step + 1, done + 1
            seen += len(batch["ids"]) * ranks
            losses.append(loss.item())
            if rank == 0 and step % 25 == 0:
                entry = {
                    "step": step,
                    "pass": visit,
                    "loss": round(sum(losses) / len(losses), 4),
                    "windows/s": round(seen / (time.monotonic() - started), 1),
                }
                losses = []
                log.info("%s", entry)
                with (options.run / "log.jsonl").open("a") as lines:
                    lines.write(json.dumps(entry) + "\n")
            if rank == 0 and (step % options.every == 0 or step == options.steps):
                save()
        visit, done = visit + 1, 0
    if ranks > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
