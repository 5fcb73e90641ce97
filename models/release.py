"""Trains, checks and releases a verifier: from examples to a file that the edge trusts. Needs torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.dataset import Examples
from models.evaluate import figures, plot, reliability
from models.export import Story, onnx_bytes, released
from models.train import Progress, answers, trained
from models.verify import agreement


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. recipe: the training data in words."""

    name: str
    recipe: str
    epochs: int
    seed: int


def release(  # noqa: PLR0917 - an order, three sorts of examples, where to, whom to tell
    order: Order, learn: Examples, check: Examples, test: Examples, folder: Path, tell: Progress
) -> None:
    """Writes NAME.onnx, the registry's entry, the card and its plot into a folder.

    learn teaches, check calibrates, test measures; no video is in two of them.

    Raises:
        ValueError: A part is without a fall or without another thing, or the file is too large.
        verify.Disagreement: The file answers otherwise than the network.
    """
    for part, examples in (("learn", learn), ("check", check), ("test", test)):
        if not (examples.fall == 1).any() or not (examples.fall == 0).any():
            raise ValueError(f"the part {part} needs falls and other things; more clips are needed")
        tell(f"{part}: {len(examples)} tracks of {len(set(examples.clip))} clips")
    network = trained(learn, check, order.epochs, order.seed, tell)
    model = onnx_bytes(network)
    agreed = agreement(model, network, test)
    tell(f"{len(model)} bytes, {agreed.candidate_ms:.2f} ms a track, as the network to {agreed.largest:.1e}")
    said = answers(network, test)
    measured = figures(said.fall, said.kinds, test.fall, test.kinds)
    training: dict[str, Any] = {
        "recipe": order.recipe,
        "seed": order.seed,
        "epochs": order.epochs,
        "clips": {"learn": _clips(learn), "check": _clips(check), "test": _clips(test)},
        "tracks": {"learn": len(learn), "check": len(check), "test": len(test)},
        "falls": int((learn.fall == 1).sum()),
    }
    metrics = {**measured, "bytes": len(model), "candidate_ms": round(agreed.candidate_ms, 3)}
    released(folder, order.name, model, Story(training, metrics))
    known = ~np.isnan(test.fall)
    cards = folder / "cards"
    cards.mkdir(exist_ok=True)
    (cards / f"{order.name}-reliability.png").write_bytes(
        plot(reliability(said.fall[known], test.fall[known] == 1))
    )
    (cards / f"{order.name}-figures.md").write_text(
        card_figures(order.name, training, metrics), encoding="utf-8"
    )
    tell(f"auc {measured['auc']}, ece {measured['ece']}, recall {measured['recall']}")


def _clips(examples: Examples) -> int:
    return len(set(examples.clip.tolist()))


def card_figures(name: str, training: dict[str, Any], metrics: dict[str, Any]) -> str:
    """The measured part of a card, Markdown; the words around it are a person's."""
    lines = [
        f"# Figures of {name}",
        "",
        "Written by `make train`; the card beside this page says what they mean.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in training.items()),
        *(f"| {key} | {value} |" for key, value in metrics.items() if key != "kinds"),
        "",
        "| what it is | tracks | called a fall (P ≥ 0.5) | named right |",
        "|---|---|---|---|",
        *(
            f"| {kind} | {row['examples']} | {row['called_a_fall']:.3f} | {row['named_right']:.3f} |"
            for kind, row in metrics["kinds"].items()
        ),
        "",
        f"![Reliability]({name}-reliability.png)",
    ]
    return "\n".join(lines) + "\n"
