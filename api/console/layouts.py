"""Every 届出 that staff take in at the console: its form in the API, and how it is laid out.

A procedure that is added here is one more entry.  What a field is and what it may hold stands in
the API's form; only order, groups, and what staff call things stand here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from api import (
    acceptance,
    address_changes,
    corrections,
    deaths,
    departing,
    entries,
    household_changes,
    identifier_changes,
    reception,
)
from api.arrival_forms import MoveInForm, VisitForm
from api.births import BirthForm
from api.console.form_fields import Words
from api.move_outs import MoveOutForm
from domain.cases import Procedure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from pydantic import BaseModel

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

    Accept = Callable[[Tx, Counter, Any], Awaitable[Answer]]


class Part(NamedTuple):
    """Fields that belong together, under a title.

    ``folded`` ones are seldom needed; ``alone`` ones only where no household is joined.  In one
    that ``patches``, blank means unchanged.
    """

    title: str
    fields: tuple[str, ...]
    note: str = ""
    folded: bool = False
    alone: bool = False
    patches: bool = False


class Layout(NamedTuple):
    """One 届出 at the console.

    ``household`` tells whether it is about one; otherwise it may join one.  ``fixed`` is what the
    form says by itself.
    """

    slug: str
    procedure: Procedure
    title: str
    about: str
    form: type[BaseModel]
    accept: Accept
    parts: tuple[Part, ...]
    household: bool = True
    fixed: Mapping[str, Any] = {}
    words: Mapping[str, Words] = {}

    @property
    def hidden(self) -> frozenset[str]:
        """Fields nobody fills in: where one is says them, or the form itself does."""
        return frozenset({"household_id", *self.fixed})


async def _birth(tx: Tx, counter: Counter, form: BirthForm) -> Answer:
    return await acceptance.birth(tx, counter.acting, form)


async def _move_out(tx: Tx, counter: Counter, form: MoveOutForm) -> Answer:
    return await departing.accept(tx, counter.acting, form)


_DAY = "例 令和8年4月1日、R8.4.1、2026-04-01"
_OURS = Part("窓口の控え", ("reference",), folded=True)
_STAYS = Part(
    "残る世帯",
    ("stays",),
    "世帯主が抜け、二人以上が残るときに書きます。一人が残るなら、その人が世帯主になります。",
    folded=True,
)
_TOGETHER = Words("新しい続柄", "移った先の世帯主との続柄。変わらない人は空欄のまま")
_STAYING = Words("残る人の続柄", "新しい世帯主との続柄。変わらない人は空欄のまま")
_NOTIFIED = Words("届出日", "空欄なら今日")
_COMMON = {
    "notified_on": _NOTIFIED,
    "relationships": _TOGETHER,
    "stays.relationships": _STAYING,
    "into": Words("入る世帯", "既存の世帯に入るときだけ、その世帯番号"),
    "corrections.address": Words("住所", "地番、住居表示などの修正。住所の全体を書く"),
}


BIRTH = Layout(
    slug="births",
    procedure=Procedure.BIRTH,
    title="出生届",
    about="子が生まれた（戸籍法49条）",
    form=BirthForm,
    accept=_birth,
    parts=(
        Part("生まれた子", ("child",)),
        Part("届出", ("notified_on",)),
        Part(
            "別の子であること",
            ("not_the_same_as", "not_the_same_reason"),
            "同じ世帯、同じ生年月日の出生届がすでにあります。"
            "双子などの別の子なら、その案件と理由を示せば受け付けます。",
        ),
        _OURS,
    ),
    words={
        **_COMMON,
        "child.name": Words(hint="姓と名の間に全角の空白。未定なら空欄のまま"),
        "child.relationship": Words(hint="世帯主との続柄"),
        "child.address": Words("住所", "世帯の住所と同じなら空欄のまま"),
        "not_the_same_as": Words("別の子である案件", "別の子だと確かめた案件をすべて選ぶ"),
        "not_the_same_reason": Words("理由", "例 双子の第二子であることを出生証明書で確認した"),
    },
)
DEATH = Layout(
    slug="deaths",
    procedure=Procedure.DEATH,
    title="死亡届",
    about="人が亡くなった（戸籍法86条）",
    form=deaths.DeathForm,
    accept=deaths.taken,
    parts=(
        Part("亡くなった人", ("residents",)),
        Part("いつ", ("died_on", "learned_on", "notified_on")),
        _STAYS,
        _OURS,
    ),
    words={
        **_COMMON,
        "learned_on": Words("死亡を知った日", "届出人が知った日。空欄なら死亡年月日"),
        "residents": Words("亡くなった人"),
    },
)
MOVE_OUT = Layout(
    slug="move-outs",
    procedure=Procedure.MOVE_OUT,
    title="転出届",
    about="ほかの市区町村、又は国外へ移る（法24条）",
    form=MoveOutForm,
    accept=_move_out,
    parts=(
        Part("転出する人", ("residents",)),
        Part("いつ", ("planned_on", "notified_on")),
        Part(
            "転出先",
            ("destination",),
            "国内なら市区町村のコードと、分かるところまでの住所。国外なら国名だけ。",
        ),
        Part("届出の方法", ("by_post", "with_card")),
        Part(
            _STAYS.title, ("new_head", "relationships", "head_left_open"), _STAYS.note, folded=True
        ),
        _OURS,
    ),
    words={
        **_COMMON,
        "relationships": _STAYING,
        "residents": Words("転出する人", "一番上の人を代表者とする"),
        "planned_on": Words("転出予定年月日", f"この日の0時から除票。{_DAY}"),
        "destination.municipality": Words(
            "転出先の市区町村", "全国地方公共団体コード。国外なら空欄"
        ),
        "destination.country": Words("国名", "国外へ移るときだけ"),
        "destination.line": Words("住所", "分かるところまで。未定なら空欄"),
    },
)
SPECIAL_MOVE_IN = Layout(
    slug="special-move-ins",
    procedure=Procedure.SPECIAL_MOVE_IN,
    title="転入届（カードによる特例転入）",
    about="転出の手続を済ませ、カードを持って来た（法24条の2）",
    form=VisitForm,
    accept=reception.special_move_in,
    parts=(
        Part(
            "カード",
            ("code", "visitor", "card", "pin"),
            "転出証明書情報は、届いていなければ取り寄せます。暗証番号そのものは、どこにも書きません。",
        ),
        Part("いつ", ("moved_in_on", "notified_on")),
        Part("新しい世帯の住所", ("address",), alone=True),
        Part(
            "転入する人",
            ("persons",),
            "全員が転入し、届いた内容のとおりなら書きません。一部だけのとき、続柄や氏名が違うときに書きます。",
            folded=True,
        ),
        Part("転出の後に生まれた子", ("newborns",), folded=True),
        _OURS,
    ),
    household=False,
    words={
        **_COMMON,
        "code": Words("住民票コード", "提示されたカードから読み取る"),
        "persons.code": Words("住民票コード"),
        "persons.same_as": Words("前にここに住んでいた人", "再転入の人である住民の宛名番号"),
    },
)
MOVE_IN = Layout(
    slug="move-ins",
    procedure=Procedure.MOVE_IN,
    title="転入届",
    about="紙の転出証明書を持って、又は国外から来た（法22条）",
    form=MoveInForm,
    accept=reception.move_in,
    parts=(
        Part("どこから", ("source", "origin", "unreported_in")),
        Part("いつ", ("moved_in_on", "notified_on")),
        Part("新しい世帯の住所", ("address",), alone=True),
        Part(
            "転入する人",
            ("persons",),
            "新しい世帯には世帯主が一人要ります。個人番号は、確認の頁で最後に入力します。",
        ),
        _OURS,
    ),
    household=False,
    words={
        **_COMMON,
        "source": Words("どこから", "紙の転出証明書があるなら転出地"),
        "origin": Words("転出地", "最終住民登録地の全国地方公共団体コード。国外なら空欄"),
        "unreported_in": Words("未届地", "未届で住んだ市区町村のコード。未届転入のときだけ"),
        "persons.code": Words("住民票コード", "転出証明書のとおり。国外からなら分かるときだけ"),
        "persons.same_as": Words("再転入の人", "前にここに住んでいた人なら、その宛名番号"),
    },
)
ADDRESS_CHANGE = Layout(
    slug="address-changes",
    procedure=Procedure.ADDRESS_CHANGE,
    title="転居届",
    about="この自治体の中で移る（法23条）",
    form=address_changes.AddressChangeForm,
    accept=address_changes.taken,
    parts=(
        Part("転居する人", ("residents",)),
        Part("いつ", ("moved_on", "notified_on")),
        Part("新しい住所", ("address",), "既存の世帯に入るときは書きません。"),
        Part(
            "移った先の世帯",
            ("into", "head", "relationships"),
            "世帯の全員が移るなら要りません。",
            folded=True,
        ),
        _STAYS,
        _OURS,
    ),
    words={
        **_COMMON,
        "residents": Words("転居する人"),
        "head": Words("新しい世帯の世帯主", "一部が新しい世帯をつくるとき。選ばなければ一番上の人"),
    },
)
HOUSEHOLD_CHANGE = Layout(
    slug="household-changes",
    procedure=Procedure.HOUSEHOLD_CHANGE,
    title="世帯変更届",
    about="住所は変わらず、世帯を分ける、合わせる、世帯主が替わる（法25条）",
    form=household_changes.HouseholdChangeForm,
    accept=household_changes.taken,
    parts=(
        Part("何が変わるか", ("kind", "residents")),
        Part("いつ", ("changed_on", "notified_on")),
        Part("変わった後の世帯", ("into", "head", "relationships")),
        _STAYS,
        _OURS,
    ),
    words={
        **_COMMON,
        "residents": Words(
            "世帯が変わる人", "世帯合併では世帯の全員、世帯主変更では新しい世帯主一人"
        ),
        "into": Words("入る世帯", "世帯合併、世帯変更で入る世帯の世帯番号"),
        "head": Words("新しい世帯の世帯主", "世帯分離のときだけ。選ばなければ一番上の人"),
        "relationships": Words("新しい続柄", "新しい世帯主との続柄。世帯主変更ではほかの全員"),
    },
)
CORRECTION = Layout(
    slug="corrections",
    procedure=Procedure.CORRECTION,
    title="職権修正",
    about="記載の誤りを直す、職権で消除する（法8条、施行令12条）",
    form=corrections.CorrectionForm,
    accept=corrections.taken,
    parts=(
        Part("何を行うか", ("kind", "minor", "residents")),
        Part("根拠", ("basis", "evidence", "happened_on")),
        Part(
            "直す項目",
            ("corrections",),
            "直す項目だけを書きます。空欄の項目は変わりません。職権消除では何も書きません。",
            patches=True,
        ),
        _STAYS,
        _OURS,
    ),
    words={
        **_COMMON,
        "kind": Words("種類", "軽微な修正では電子証明書が失効しない"),
        "minor": Words("軽微な修正の種類", "軽微な修正のときだけ"),
        "residents": Words("修正する人"),
    },
)
ENTRY = Layout(
    slug="entries",
    procedure=Procedure.ENTRY,
    title="職権記載",
    about="台帳にない人を職権で記載する（法8条、施行令12条）",
    form=entries.EntryForm,
    accept=entries.accept,
    household=False,
    fixed={"kind": entries.KIND},
    parts=(
        Part("根拠", ("cause", "basis", "evidence", "happened_on", "origin")),
        Part("新しい世帯の住所", ("address",), alone=True),
        Part("記載する人", ("persons",), MOVE_IN.parts[3].note),
        _OURS,
    ),
    words={
        **MOVE_IN.words,
        "happened_on": Words("異動年月日", f"住所を定めた日。{_DAY}"),
        "origin": Words("最終住民登録地", "全国地方公共団体コード 6桁。あれば転入通知を送る"),
    },
)
CODE_CHANGE = Layout(
    slug="code-changes",
    procedure=Procedure.CODE_CHANGE,
    title="住民票コードの変更請求",
    about="新しい住民票コードを割り当てる（法30条の4）",
    form=identifier_changes.CodeChangeForm,
    accept=identifier_changes.code_change_taken,
    parts=(Part("変更する人", ("resident_id", "ex_officio")), _OURS),
    words={"resident_id": Words("変更する人"), "ex_officio": Words("請求によらず職権で行う")},
)
NUMBER_CHANGE = Layout(
    slug="number-changes",
    procedure=Procedure.NUMBER_CHANGE,
    title="個人番号の変更",
    about="漏えいなどによる変更請求、職権による修正と記載（番号法7条2項）",
    form=identifier_changes.NumberChangeForm,
    accept=identifier_changes.number_change_taken,
    parts=(
        Part(
            "変更する人",
            ("resident_id", "kind", "grounds", "number"),
            "正しい個人番号で修正、記載するときは、番号を確認の頁で最後に入力します。",
        ),
        _OURS,
    ),
    words={
        "resident_id": Words("変更する人"),
        "grounds": Words("審査した事実", "根拠の文書番号など"),
    },
)
LAYOUTS = (
    BIRTH,
    DEATH,
    SPECIAL_MOVE_IN,
    MOVE_IN,
    MOVE_OUT,
    ADDRESS_CHANGE,
    HOUSEHOLD_CHANGE,
    CORRECTION,
    ENTRY,
    CODE_CHANGE,
    NUMBER_CHANGE,
)
BY_SLUG = {layout.slug: layout for layout in LAYOUTS}
