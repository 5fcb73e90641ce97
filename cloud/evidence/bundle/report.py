"""What a verification found: a sentence for each check, in both languages, and whether all is well."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cloud.core.words import Words


@dataclass(frozen=True, slots=True)
class Check:
    """words: what was found to be so; or, where it is not `ok`, each thing that is wrong."""

    name: str
    title: Words
    ok: bool
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of a file, in the order in which they build on each other."""

    checks: Sequence[Check]

    @property
    def ok(self) -> bool:
        """Whether everything is verified."""
        return all(check.ok for check in self.checks)

    def table(self) -> str:
        """For people."""
        lines = []
        for check in self.checks:
            lines.append(f"{'✓' if check.ok else '✗'} {check.title.zh}  {check.title.en}")
            for words in check.words:
                lines += [f"    {words.zh}", f"    {words.en}"]
        lines.append(_VERDICT[self.ok])
        return "\n".join(lines)

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "verified": self.ok,
            "failed": [check.name for check in self.checks if not check.ok],
            "checks": [
                {
                    "check": check.name,
                    "ok": check.ok,
                    "zh": [words.zh for words in check.words],
                    "en": [words.en for words in check.words],
                }
                for check in self.checks
            ],
        }


_VERDICT = {
    True: "结论：全部核验通过。 Verified: everything above holds.",
    False: "结论：核验不通过，见标有 ✗ 的各项。 NOT verified: see what is marked ✗.",
}


def refused(words: Words) -> Report:
    """Of a file that is not even opened."""
    title = Words("文件", "The file")
    return Report((Check("file", title, ok=False, words=(words,)),))
