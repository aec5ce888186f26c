"""Dates as pages write them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.describe.dates import find_dates, month_number, parse_declared, url_date

WRITTEN = [
    ("Feb 11, 2016", None, "2016-02-11"),
    ("February 11th, 2016", None, "2016-02-11"),
    ("11 février 2016", None, "2016-02-11"),
    ("3. Mai 2021, 14:05 Uhr", None, "2021-05-03"),
    ("3.5.2021", None, "2021-05-03"),
    ("13/04/2020", None, "2020-04-13"),
    ("04/13/2020", None, "2020-04-13"),
    ("05/05/2020", None, "2020-05-05"),
    ("03/04/2020", None, "2020"),
    ("2016年2月11日", None, "2016-02-11"),
    ("2016년 2월 11일", None, "2016-02-11"),
    ("2024. 5. 3.", None, "2024-05-03"),
    ("2016/02/11 10:30", None, "2016-02-11"),
    ("11 فبراير 2016", None, "2016-02-11"),
    ("١١ فبراير ٢٠١٦", None, "2016-02-11"),
    ("1 de fevereiro de 2016", None, "2016-02-01"),
    ("12 ก.พ. 2559", None, "2016-02-12"),
    ("2019 m. kovo 5 d.", None, "2019-03-05"),
    ("5 kwietnia 2019", None, "2019-04-05"),
    ("5. listopada 2019", "pl", "2019-11-05"),
    ("5. listopada 2019", "hr", "2019-10-05"),
    ("May 2020", None, "2020-05"),
    ("3.mai.2021", "pt", "2021-05-03"),
    ("04/Apr/2019", None, "2019-04-04"),
    ("3 مايو، 2021", None, "2021-05-03"),
    ("3 يناير/كانون الثاني 2021", None, "2021-01-03"),
    ("3 كانون الثاني 2021", None, "2021-01-03"),
    ("פורסם ב-3 במאי 2021", None, "2021-05-03"),
    ("Ngày 3 tháng 5 năm 2021", None, "2021-05-03"),
    ("৩ মে ২০২১", None, "2021-05-03"),
    ("3 जनवरी 2021", None, "2021-01-03"),
    ("03.05.21", "de", "2021-05-03"),
    ("Mon May 3 14:30:00 UTC 2021", None, "2021-05-03"),
    ("2021-05-03 2:30 PM", None, "2021-05-03T14:30:00"),
    ("2021-05-03 12:05 a.m.", None, "2021-05-03T00:05:00"),
]


@pytest.mark.parametrize(("text", "language", "date"), WRITTEN)
def test_written_dates(text: str, language: str | None, date: str) -> None:
    assert [d.text for d in find_dates(text, language)] == [date]


@pytest.mark.parametrize(
    "text",
    [
        "on Monday",
        "3 days ago",
        "5. listopada 2019",
        "31/02/2020",
        "1,204 replies",
        "12:30",
        "30 Feb 2020",
        "Covid-19 May 2020",
        "03.05.21",
        "0000-01-01",
        "",
    ],
)
def test_no_date(text: str) -> None:
    assert find_dates(text) == []


DECLARED = [
    ("2025-06-05 14:46:12+02:00", "2025-06-05T14:46:12+02:00", "second", "+02:00"),
    ("2025-06-05T14:46Z", "2025-06-05T14:46:00+00:00", "second", "+00:00"),
    ("2025-06-05T14:46:12.123-0500", "2025-06-05T14:46:12-05:00", "second", "-05:00"),
    ("2025-06-05T14:46:12", "2025-06-05T14:46:12", "second", None),
    ("2025-06-05T00:00:00", "2025-06-05", "day", None),
    ("Tue, 03 Jun 2014 11:05:30 GMT", "2014-06-03T11:05:30+00:00", "second", "+00:00"),
    ("20250605", "2025-06-05", "day", None),
    ("2025-06", "2025-06", "month", None),
    ("2025", "2025", "year", None),
    ("1589461200", "2020-05-14T13:00:00+00:00", "second", "+00:00"),
    ("1589461200000", "2020-05-14T13:00:00+00:00", "second", "+00:00"),
]


@pytest.mark.parametrize(("value", "text", "precision", "offset"), DECLARED)
def test_declared_dates(value: str, text: str, precision: str, offset: str | None) -> None:
    date = parse_declared(value)
    assert date is not None
    assert (date.text, date.precision, date.offset) == (text, precision, offset)


@pytest.mark.parametrize("value", [None, True, {}, [], "", "soon", "2025-13-45", "99999999", "1"])
def test_no_declared_date(value: object) -> None:
    assert parse_declared(value) is None


def test_months_that_languages_disagree_on_need_a_language() -> None:
    assert month_number("listopada") is None
    assert month_number("listopada", "hr") == 10
    assert month_number("mai") == 5


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("/2016/02/11/slug", "2016-02-11"),
        ("/news/slug-20160211.html", "2016-02-11"),
        ("/a/2016-02-11", "2016-02-11"),
        ("/world/2016/feb/11/slug", "2016-02-11"),
        ("/blog/2023/october/3/how-many", "2023-10-03"),
    ],
)
def test_dates_in_addresses(path: str, date: str) -> None:
    found = url_date(path)
    assert found is not None
    assert found.text == date


@pytest.mark.parametrize("path", ["/2016/02/", "/product/12345678901", "/2016/99/11/", "/2016/top/11/", ""])
def test_no_dates_in_addresses(path: str) -> None:
    assert url_date(path) is None


@given(st.dates(min_value=datetime.date(1800, 1, 1), max_value=datetime.date(2099, 12, 31)))
def test_every_iso_day_is_read_as_it_stands(day: object) -> None:
    date = parse_declared(str(day))
    assert date is not None
    assert (date.text, date.precision) == (str(day), "day")


@given(st.text(alphabet="0123456789-/.:, TZ年月日MayJun", max_size=60))
def test_whatever_is_found_lies_in_the_text(text: str) -> None:
    last = 0
    for date in find_dates(text):
        assert last <= date.start < date.end <= len(text)
        last = date.end
