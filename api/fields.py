"""What is wrong with which field, in Japanese and English; never with what it held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from domain.people_flaws import SENTENCES, UNNAMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAMES: dict[str, tuple[str, str]] = {
    "household_id": ("世帯", "household"),
    "notified_on": ("届出日", "day of notification"),
    "child": ("子", "child"),
    "name": ("氏名", "name"),
    "name_kana": ("氏名のフリガナ", "reading of the name"),
    "sex": ("性別", "sex"),
    "born_on": ("生年月日", "date of birth"),
    "day": ("年月日", "plain date"),
    "notation": ("不詳日の表記", "wording of an uncertain date"),
    "relationship": ("続柄", "relationship"),
    "address": ("住所", "address"),
    "postal_code": ("郵便番号", "postal code"),
    "line": ("住所", "address line"),
    "building": ("方書", "building"),
    "reference": ("参照番号", "reference"),
    "not_the_same_as": ("別の子である案件", "cases about another child"),
    "not_the_same_reason": ("別の子である理由", "reason why it is another child"),
    "code": ("住民票コード", "resident record code"),
    "visitor": ("来庁した人", "visitor"),
    "card": ("カードの確認", "card"),
    "pin": ("暗証番号の照合", "PIN"),
    "verdict": ("審査の結果", "verdict"),
    "version": ("届出の版", "version of the 届出"),
    "applied_on": ("申出日", "day of the request"),
    "case_number": ("案件", "case"),
    "changed_on": ("変更があった年月日", "day of the change"),
    "kind": ("種類", "kind"),
    "died_on": ("死亡年月日", "day of death"),
    "learned_on": ("死亡を知った日", "day the death became known"),
    "minor": ("軽微な修正の種類", "kind of minor correction"),
    "basis": ("事由", "basis"),
    "cause": ("記載の理由", "cause of the entry"),
    "corrections": ("直す項目", "corrections"),
    "happened_on": ("異動年月日", "day it happened"),
    "domicile": ("本籍", "registered domicile"),
    "head_of_family_register": ("筆頭者", "head of the family register"),
    "resident_since": ("住民となった年月日", "resident since"),
    "address_since": ("住所を定めた年月日", "at this address since"),
    "grounds": ("審査した事実", "grounds"),
    "resident_id": ("住民", "resident"),
    "ex_officio": ("職権", "ex officio"),
    "moved_on": ("転居をした年月日", "day of the move"),
    "into": ("入る世帯", "household joined"),
    "stays": ("残る世帯", "those who stay"),
    "head": ("新しい世帯の世帯主", "head of the new household"),
    "moved_in_on": ("転入した日", "day of the move"),
    "persons": ("異動する人", "persons"),
    "newborns": ("転出後に生まれた子", "children born meanwhile"),
    "same_as": ("同じ人である住民", "resident who is the same person"),
    "origin": ("転出地", "municipality moved from"),
    "unreported_in": ("未届地", "municipality of an unreported stay"),
    "source": ("どこから", "where from"),
    "former_address": ("転入前の住所", "former address"),
    "former_name": ("旧氏", "former name"),
    "former_name_kana": ("旧氏のフリガナ", "reading of the former name"),
    "alias": ("通称", "alias"),
    "alias_kana": ("通称のフリガナ", "reading of the alias"),
    "verb": ("判断", "verb"),
    "incident_id": ("対応待ち", "incident"),
    "reason": ("理由", "reason"),
    "evidence": ("根拠", "evidence"),
    "second_person": ("二人目の職員", "second person"),
    "amendment": ("訂正の内容", "amendment"),
    "words": ("引継ぎメモ", "note"),
    "number": ("個人番号", "individual number"),
    "residents": ("転出する人", "people who leave"),
    "planned_on": ("転出予定年月日", "planned day"),
    "destination": ("転出先", "destination"),
    "municipality": ("市区町村", "municipality"),
    "country": ("国名", "country"),
    "by_post": ("郵送", "by post"),
    "with_card": ("カードによる届出", "with a card"),
    "new_head": ("新しい世帯主", "new head"),
    "relationships": ("新しい続柄", "new relationships"),
    "head_left_open": ("世帯主未設定", "head left open"),
    "until": ("いつまで", "until"),
    "overdue": ("転入通知未着", "overdue"),
    "household_number": ("世帯番号", "household number"),
    "addressee_number": ("宛名番号", "addressee number"),
    "my_number": ("個人番号", "individual number"),
    "cursor": ("続きの位置", "cursor"),
    "limit": ("件数", "limit"),
    "state": ("案件の状態", "state"),
    "procedure": ("手続", "procedure"),
    "waiting_for_staff": ("判断待ち", "waiting for staff"),
    "accepted_from": ("受付日（から）", "accepted from"),
    "accepted_to": ("受付日（まで）", "accepted to"),
    "effective_on": ("異動日", "effective on"),
    "known_on": ("処理日", "known on"),
    "wanted": ("対象の絞り込み", "filter"),
    "peer": ("相手システム", "peer"),
    "incident_code": ("対応待ちの符号", "incident code"),
    "step": ("処理", "step"),
    "older_than_hours": ("発生からの時間", "hours since it opened"),
}
BODY = ("本文", "body")

_SENTENCES = SENTENCES | {
    "MISSING": ("必要な項目です。", "This field is required."),
    "UNKNOWN_FIELD": ("知らない項目があります。", "Contains a field that is not known here."),
    "DUPLICATE_KEY": ("同じ項目が二度あります。", "The same field appears twice."),
    "WRONG_PERSON": ("この人は指定できません。", "This person cannot be named here."),
    "NOT_A_NUMBER": ("NaN や Infinity は使えません。", "NaN and Infinity are not accepted."),
    "TOO_DEEP": ("入れ子が深すぎます。", "Nested too deeply."),
    "WRONG_TYPE": ("値の型が違います。", "Wrong type of value."),
    "NOT_A_CHOICE": ("選べない値です。", "Not one of the values to choose from."),
    "UNREADABLE_DATE": (
        "日付として読めません。令和8年4月1日、R8.4.1、2026-04-01 のように書いてください。",
        "Not readable as a day; write it like 2026-04-01 or R8.4.1.",
    ),
    "NOT_AN_ID": ("識別子（UUID）の形式ではありません。", "Not an id (UUID)."),
    "NOT_A_CASE_NUMBER": ("案件番号の形式ではありません。", "Not a case number."),
    "UNKNOWN_HOUSEHOLD": ("この世帯はありません。", "There is no such household."),
    "BEFORE_BIRTH": ("生年月日より前の日です。", "Lies before the date of birth."),
    "NO_CRITERIA": ("検索条件が一つもありません。", "No criteria are given."),
    "BAD_CURSOR": ("続きの位置が正しくありません。", "Not a cursor of this list."),
    "NOT_FOR_THIS_VERB": ("この判断には使えない項目です。", "Does not belong to this verb."),
    "BEFORE_MOVE": ("転入した日より前の日です。", "Lies before the day of the move."),
    "NAMED_TWICE": ("同じ人が二度あります。", "The same person is named twice."),
    "HEAD_NEEDED": (
        "新しい世帯には世帯主が一人要ります。",
        "A household of their own needs one head.",
    ),
    "NOT_FOR_THIS_KIND": (
        "この種類の届出には書けません。",
        "It does not belong to this kind.",
    ),
    "ONE_ONLY": ("一人だけ書いてください。", "Name one person only."),
    "BEFORE_DEATH": ("死亡した日より前です。", "It is before the death."),
    "NOT_FOR_THIS_SOURCE": (
        "この転入では使えない項目です。",
        "Does not belong to a move of this kind.",
    ),
    "NO_SUCH_PERSON": ("この人はいません。", "There is no such person."),
    "OWN_MUNICIPALITY": ("この自治体です。", "This is the municipality itself."),
    "NOT_ABROAD": ("国外転出では使えません。", "Not for a move abroad."),
    "NOT_BOTH": ("国内か国外か、一方だけを書きます。", "Either a municipality or a country."),
    "TOO_FAR_AHEAD": ("一年より先の日です。", "More than a year ahead."),
    "NOT_A_RESIDENT": ("今は住民ではありません。", "Not a resident at present."),
    "NOT_AHEAD": ("今より後の時刻を書いてください。", "Must be later than now."),
    "HEAD_STANDS": ("世帯主はすでにいます。", "The household has a head already."),
}
_OF_PYDANTIC = {
    "missing": "MISSING",
    "extra_forbidden": "UNKNOWN_FIELD",
    "string_type": "WRONG_TYPE",
    "uuid_parsing": "NOT_AN_ID",
    "uuid_type": "NOT_AN_ID",
    "enum": "NOT_A_CHOICE",
    "literal_error": "NOT_A_CHOICE",
    "string_too_long": "TOO_LONG",
    "too_long": "TOO_LONG",
    "too_short": "BLANK",
    "string_too_short": "BLANK",
    "string_pattern_mismatch": "WRONG_FORM",
    "bool_parsing": "WRONG_FORM",
    "int_parsing": "WRONG_FORM",
    "greater_than_equal": "WRONG_FORM",
    "less_than_equal": "WRONG_FORM",
}


class FieldError(BaseModel):
    """一つの項目の誤り。入力された値は返さない。"""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="項目の場所（例 child.name_kana）。本文全体なら空")
    field_ja: str
    field_en: str
    code: str = Field(description="誤りの種類")
    ja: str
    en: str


def wrong(field: str, code: str) -> FieldError:
    """Say of one field, given by its dotted place, what is wrong with it."""
    parts = [NAMES[part] for part in field.split(".") if part in NAMES] or [BODY]
    ja, en = _SENTENCES.get(code, UNNAMED)
    return FieldError(
        field=field,
        field_ja="の".join(part[0] for part in parts),
        field_en=", ".join(part[1] for part in reversed(parts)),
        code=code,
        ja=ja,
        en=en,
    )


def errors_of(found: Iterable[Mapping[str, Any]], *, skip: int = 0) -> list[FieldError]:
    """What pydantic found, in our words; ``skip`` leaves out the first parts of each place."""
    return [wrong(place(error["loc"][skip:]), _code(error)) for error in found]


def place(parts: Sequence[object]) -> str:
    """Where a field stands, as far as we know the names: an unknown one may be anybody's."""
    known: list[str] = []
    for part in parts:
        if part in NAMES or (isinstance(part, int) and known):
            known.append(str(part))
        else:
            break
    return ".".join(known)


def _code(error: Mapping[str, Any]) -> str:
    if error["type"] == "enum" and error["loc"][-1:] == ("sex",):
        return "NOT_A_SEX"
    told = error.get("ctx", {}).get("error")
    code = getattr(told, "code", None) or (told.args[0] if _is_code(told) else None)
    return str(code or _OF_PYDANTIC.get(error["type"], "WRONG_TYPE"))


def _is_code(told: object) -> bool:
    """Whether a ValueError carries one of our codes and nothing else."""
    return isinstance(told, ValueError) and len(told.args) == 1 and told.args[0] in _SENTENCES
