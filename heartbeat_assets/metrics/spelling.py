"""What somebody probably meant who wrote a word that is none of those that are known. It must not know the words."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches


def meant_by(text: str, choices: Collection[str]) -> str | None:
    """The one of `choices` that `text` is probably meant to be: written with other signs, cut short, or misspelt."""
    word = re.sub(r"[\s-]+", "_", text.strip().lower())
    begun = [choice for choice in choices if word and choice.startswith(f"{word}_")]
    close = begun or get_close_matches(word, choices, n=1)
    return close[0] if close else None
