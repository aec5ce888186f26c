"""The detectors that tell languages apart by their letters: langdetect, and py3langid for those who ask for it.

Both give the same answer to the same text, always: langdetect draws lots, and is given the same seed each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from cleaner.errors import RecipeError

try:
    import langdetect_rs as langdetect
except ImportError:
    import langdetect

langdetect.DetectorFactory.seed = 0

DetectorName = Literal["langdetect", "py3langid"]

_SAME = {"hbo": "he", "uzs": "uz", "zxx": "und"}
"""py3langid's names for writings and for what is no language."""


LANGDETECT = frozenset({
    "af", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he", "hi",
    "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "lv", "mk", "ml", "mr", "ne", "nl", "no", "pa", "pl", "pt", "ro",
    "ru", "sk", "sl", "so", "sq", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh",
})  # fmt: skip
"""The languages that langdetect knows: to a text in any other it gives one of these."""


@lru_cache(maxsize=1)
def _py3langid() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as e:
        raise RecipeError(
            'The recipe asks for `metadata.language_detector = "py3langid"`, which is not installed: '
            "run `pip install cleaner-corpus[languages]`."
        ) from e
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def candidates(text: str, detector: DetectorName) -> Sequence[tuple[str, float]]:
    """(language, probability) of the likeliest languages, best first; empty where the text tells nothing.

    Raises:
        RecipeError: The detector is not installed.
    """
    if detector == "py3langid":
        ranked = _py3langid().rank(text)[:3]
        return [(_SAME.get(name, name), float(probability)) for name, probability in ranked]
    try:
        return [(c.lang.partition("-")[0], float(c.prob)) for c in langdetect.detect_langs(text)]
    except langdetect.LangDetectException:
        return []
