"""Under what terms a page may be used."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

import cleaner
from cleaner.describe.license_names import license_id

CASES = tomllib.loads((Path(__file__).parent / "license_cases.toml").read_text("utf-8"))["case"]
PROSE = (
    "The harbour council met on Tuesday evening and voted, by nine to four, to deepen the northern basin, so that "
    "the larger trawlers can lie there at low water without leaning on one another as they have for a century.",
    "The work will take two summers and is to be paid for by a levy on moorings, which the owners of small boats have "
    "called unjust, and by the sale of the sand, for which a builder inland has already made an offer to the council.",
)


def page_of(case: dict[str, str]) -> cleaner.Source:
    """The page of a case: its fragment below a headline and two paragraphs."""
    if "text" in case:
        return cleaner.Source("\n".join(["The harbour will be deepened", *PROSE, case["text"].strip()]), kind="text")
    prose = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    head = f"<head><title>The harbour will be deepened</title>{case.get('head', '')}</head>"
    body = f"<body><article><h1>The harbour will be deepened</h1>{prose}</article>{case.get('html', '')}</body>"
    return cleaner.Source(f"<!DOCTYPE html><html lang='en'>{head}{body}</html>", kind="html")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    fields = next(cleaner.clean_many([page_of(case)])).fields
    assert fields["license"] == case.get("license")
    noted = [p["method"] for p in fields["provenance"] if p["field"] == "license"]
    assert len(noted) == ("license" in case)


@pytest.mark.parametrize("expected", sorted({case["license"] for case in CASES if "license" in case}))
def test_what_is_no_address_is_an_identifier_as_spdx_has_it(expected: str) -> None:
    if not expected.startswith(("https://", "LicenseRef-")):
        assert str(get_spdx_licensing().parse(expected, validate=True)) == expected


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("MIT", "MIT"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("cc-by-sa-3.0", "CC-BY-SA-3.0"),
        ("CC BY-NC-SA", "LicenseRef-CC-BY-NC-SA"),
        ("//creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.de", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-sa/2.0/uk/", "CC-BY-SA-2.0-UK"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("Alle Rechte vorbehalten", "LicenseRef-All-Rights-Reserved"),
        ("Public Domain", "LicenseRef-Public-Domain"),
        ("other", None),
        ("unknown", None),
        ("(c) 2020 The Gazette", None),
        ("See our terms", None),
        ("()", None),
        ("(or MIT", None),
        ("", None),
    ],
)
def test_declared_values(value: str, name: str | None) -> None:
    assert license_id(value) == name


@given(st.text(alphabet="cbynsd-/. 0134https:creativecommons.orglicenses()ORAND", max_size=60))
def test_whatever_is_declared_gives_a_name_or_nothing(value: str) -> None:
    name = license_id(value)
    assert name is None or name.strip() == name
    assert name is None or license_id(name) in (name, None) or "://" in name
