"""One person in four systems: what must be the same, and in which words to say that it is not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.characters import to_juki_net
from domain.residents import Presence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from domain.residents import Entry
    from local.scenario.person import Person
    from register.transactions import Row

Ledger = dict[str, Any]


class Ledgers(NamedTuple):
    """What the other systems hold of the town."""

    jlis: Ledger
    unified_addressee: Ledger
    intermediate_server: Ledger
    mynaportal: Ledger

    def at_jlis(self, code: str | None) -> Ledger | None:
        """Somebody as 住基ネット has them."""
        return _at(self.jlis["people"], "code", code)

    def addressee(self, number: str) -> Ledger | None:
        """A 宛名."""
        return _at(self.unified_addressee["addressees"], "addressee_number", number)

    def copy(self, number: str) -> Ledger | None:
        """The 副本 of a 宛名."""
        held = self.addressee(number)
        unified = held and held["unified_number"]
        return _at(self.intermediate_server["copies"], "unified_number", unified)


def told_twice(people: list[Person], outside: Ledgers) -> Iterator[str]:
    """Of whom the same was told more often than once, though nothing was ever corrected."""
    for person in people:
        at_jlis = outside.at_jlis(person.code)
        told = {
            "本人確認情報": _most_often(_entries(at_jlis)),
            "送付先情報": _count(outside.jlis["mailings"], person.code),
            "符号取得要求": _count(outside.jlis["linkage_requests"], person.code),
        }
        for what, times in told.items():
            if person.brought_in and times > 1:
                yield f"{person.name}: {what} {times} 回"


def side_by_side(person: Person, outside: Ledgers) -> tuple[str, str, str, str]:
    """A person in the four systems, in a word or two each."""
    at_jlis, number = outside.at_jlis(person.code), person.addressee_number
    addressee, copy = outside.addressee(number), outside.copy(number)
    return (
        _standing(person),
        _word(at_jlis, lambda held: _whereabouts_at_jlis(person, held)),
        _word(addressee, lambda held: "閉鎖" if held["closed"] else "有効"),
        _word(copy, lambda held: "副本削除" if held["deleted"] else "副本あり"),
    )


def _standing(person: Person) -> str:
    if person.present:
        return "転出予定" if person.leaving else Presence.RESIDENT
    return f"{Presence.STRUCK}（転入通知待ち）" if person.is_awaited else Presence.STRUCK


def about(person: Person, outside: Ledgers) -> Iterator[str]:
    """Differences about one person."""
    found = {
        "住基ネット": _at_jlis(person, outside),
        "統合宛名": _at_unified_addressee(person, outside.addressee(person.addressee_number)),
        "中間サーバー": _at_intermediate_server(person, outside),
    }
    for system, differences in found.items():
        for difference in differences:
            yield f"{person.name}: {system}: {difference}"


def _at_jlis(person: Person, outside: Ledgers) -> Iterator[str]:
    held = outside.at_jlis(person.code)
    # Whoever lives elsewhere by now, and is awaited to: the 転入通知 is on its way.
    followed = person.is_awaited and bool(held and held["live"] and not _is_here(person, held))
    if _is_here(person, held) not in person.may_count(unheard=person.announces) and not followed:
        yield "現存 differs"
    if held is None:
        return
    if person.number is not None and held["number"] != person.number:
        yield "個人番号 differs"
    numbers = [entry["update_number"] for entry in held["entries"]]
    if numbers != [*range(1, len(numbers) + 1)]:
        yield "更新順番号 has gaps"
    if person.present and not person.announces and held["entries"] and _is_here(person, held):
        yield from _contents_at_jlis(person, held, outside.jlis)


def _contents_at_jlis(person: Person, held: Ledger, ledger: Ledger) -> Iterator[str]:
    if held["contents"] != _as_jlis_has(person.entry):
        yield "本人確認情報 differs"
    # A letter is mailed where a number was made; who has moved since gets no second one.
    stayed = all(entry["change"] != "消除" for entry in _entries(held))
    if person.numbered_here and stayed and _last_mailed(person, ledger) != held["contents"]:
        yield "送付先情報 differs"


def _is_here(person: Person, held: Ledger | None) -> bool:
    """Whether 住基ネット counts a person as living in this municipality."""
    return bool(held and held["live"] and held["holder"] == person.municipality)


def _whereabouts_at_jlis(person: Person, held: Ledger) -> str:
    if not held["live"]:
        return "消除"
    return "現存" if _is_here(person, held) else "他で現存"


def _entries(held: Ledger | None) -> list[Ledger]:
    """What the municipality told of a person and has not taken back."""
    told: list[Ledger] = held["entries"] if held else []
    return [entry for entry in told if not entry["cancels"] and not entry["countered_by"]]


def _most_often(entries: list[Ledger]) -> int:
    said = Counter((e["change"], e["reason"], e["effective_on"]) for e in entries)
    return max(said.values(), default=0)


def _last_mailed(person: Person, ledger: Ledger) -> Ledger | None:
    """Where the last 個人番号通知書 goes: the ledger lists messages by time, mailings by id."""
    mailings = {m["message_id"]: m for m in ledger["mailings"] if m["code"] == person.code}
    told = [mailings[m["id"]]["contents"] for m in ledger["messages"] if m["id"] in mailings]
    return told[-1] if told else None


def _at_unified_addressee(person: Person, held: Ledger | None) -> Iterator[str]:
    if bool(held and not held["closed"]) not in person.may_count(unheard=person.registers):
        yield "宛名 open or closed differs"
    if held is None or not person.present or person.registers:
        return
    if held["my_number"] != person.number:
        yield "個人番号 differs"
    named = {"name": person.entry.name, "address": person.entry.address.line}
    # Of those who were always there nothing was told, so nothing is known.
    if held["contents"] and named.items() - held["contents"].items():
        yield "宛名情報 differs"


def _at_intermediate_server(person: Person, outside: Ledgers) -> Iterator[str]:
    addressee = outside.addressee(person.addressee_number)
    unified = addressee and addressee["unified_number"]
    number = _at(outside.intermediate_server["numbers"], "unified_number", unified)
    may_count = person.may_count(unheard=person.registers)
    if bool(number and not number["closed"]) not in may_count:
        yield "団内統合宛名番号 open or closed differs"
    copy = outside.copy(person.addressee_number)
    if copy is None and not person.brought_in:
        return
    if bool(copy and not copy["deleted"]) not in may_count:
        yield "副本 there or not differs"
    elif copy and person.present and not person.registers:
        yield from _contents_of_copy(person, copy)


def _contents_of_copy(person: Person, copy: Ledger) -> Iterator[str]:
    # What an older system registered is for 突合 to follow: nobody has told of it since.
    if copy["version"] and copy["facts"]["relationship"] != person.entry.relationship:
        yield "副本 differs"


def strangers(municipality: str, people: list[Person], outside: Ledgers) -> Iterator[str]:
    """Whom others hold as people of a municipality, and its register does not know."""
    codes = {person.code for person in people}
    numbers = {person.addressee_number for person in people}
    for held in outside.jlis["people"]:
        if held["live"] and held["holder"] == municipality and held["code"] not in codes:
            yield "住基ネット: somebody nobody here knows"
    for held in outside.unified_addressee["addressees"]:
        if held["addressee_number"] not in numbers:
            yield "統合宛名: somebody nobody here knows"


def misused(codes: list[Row], ledger: Ledger) -> Iterator[str]:
    """A code is free, or somebody's, or retired: exactly as the telegram log says."""
    unused = {held["code"] for held in ledger["vacant_codes"]}
    for row in codes:
        if row["state"] == "free" and (row["code"] not in unused or row["written"]):
            yield "住民票コード: free, but used"
        if row["state"] == "retired" and not row["written"]:
            yield "住民票コード: retired, but never used"
        if row["state"] == "reserved" and not row["held"]:
            yield "住民票コード: reserved for nobody"


def unwritten(written: Collection[str], outside: Ledgers) -> Iterator[str]:
    """Messages the others took from us and our log does not know."""
    for system in (outside.jlis, outside.unified_addressee, outside.mynaportal):
        for message in system["messages"]:
            if message["id"] not in written:
                yield f"{message['kind']}: never written"


def uncountered(taken_back: Collection[str], ledger: Ledger) -> Iterator[str]:
    """Entries of cases that were withdrawn, given by their messages, and that still stand."""
    for held in ledger["people"]:
        for entry in _entries(held):
            if entry["message_id"] in taken_back:
                yield "住基ネット: an entry of a withdrawn case has no counter-entry"


def unanswered(closed: Mapping[str, str], ledger: Ledger) -> Iterator[str]:
    """Citizens who read something else of their 転出届 than what became of it.

    ``closed`` has the states of the closed cases by 申請番号; of one that was withdrawn before
    anything was answered, nothing is answered.
    """
    read = {one["application_id"]: one["contents"]["state"] for one in ledger["statuses"]}
    for application, state in closed.items():
        right = {_READ[state], None} if state == "withdrawn" else {_READ[state]}
        if read.get(application) not in right:
            yield f"マイナポータル: 処理状況 is not {_READ[state]}"


_READ = {"completed": "完了", "withdrawn": "取消"}


def _at(rows: list[Ledger], item: str, value: object) -> Ledger | None:
    return next((row for row in rows if row[item] == value), None)


def _count(rows: list[Ledger], code: str | None) -> int:
    return sum(row["code"] == code for row in rows)


def _word(held: Ledger | None, word: Callable[[Ledger], str]) -> str:
    return "なし" if held is None else word(held)


def _as_jlis_has(entry: Entry) -> Ledger:
    """本人確認情報 as it stands in 住基ネット: in its own characters, 〓 for what it lacks."""
    day, unclear = entry.born_on.wire
    return {
        "漢字氏名": _text(entry.name),
        "ふりがな氏名": entry.name_kana,
        "旧氏": _text(entry.former_name),
        "旧氏ふりがな": entry.former_name_kana,
        "通称": _text(entry.alias),
        "通称ふりがな": entry.alias_kana,
        "生年月日": {"年月日": day.isoformat(), "不詳フラグ": unclear},
        "性別": entry.sex,
        "郵便番号": entry.address.postal_code,
        "住所": _text(entry.address.line),
        "方書": _text(entry.address.building),
    }


def _text(written: str) -> Ledger:
    sent = to_juki_net(written)
    lacking = [*sent.substituted]
    return {"文字": sent.text, "外字数": len(lacking), "代替文字位置": lacking}
