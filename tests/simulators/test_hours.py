from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from simulators.hours import Hours, OpeningHours

JST = timezone(timedelta(hours=9))
USUAL = OpeningHours(closed_on=frozenset({date(2026, 11, 23)}))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", None),
        ("2026-11-20 16:59", None),
        ("2026-11-20 17:00", "2026-11-24 09:00"),
        ("2026-11-23 10:00", "2026-11-24 09:00"),
        ("2026-12-28 17:00", "2027-01-04 09:00"),
        ("2027-01-02 12:00", "2027-01-04 09:00"),
    ],
    ids=["朝", "開始", "終了直前", "金曜の夕方から連休", "祝日", "仕事納め", "三が日"],
)
def test_joint_working_hours_are_weekdays_from_nine_to_five(moment: str, opens: str | None) -> None:
    """住基ネットの共通運用時間帯: weekdays 9 to 17, not holidays, not 12-29 to 1-3."""
    now = datetime.fromisoformat(moment).replace(tzinfo=JST)

    assert USUAL.is_open(now) is (opens is None)
    if opens:
        assert USUAL.next_opening(now) == datetime.fromisoformat(opens).replace(tzinfo=JST)


def test_a_municipality_may_have_hours_of_its_own() -> None:
    hours = Hours()
    never = OpeningHours.model_validate({"opens": "00:00", "closes": "00:00"})
    hours.set(
        "jlis",
        None,
        OpeningHours.model_validate(
            {"opens": "00:00", "closes": "23:59:59.999999", "weekends": True}
        ),
    )
    hours.offset = datetime(2026, 11, 20, 12, tzinfo=JST) - datetime.now(JST)
    hours.set("jlis", "131016", never)

    assert hours.opens_at("jlis", "131016") is not None
    assert hours.opens_at("jlis", "131024") is None
    assert hours.opens_at("unified_addressee", "131016") is None
