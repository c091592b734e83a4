"""Problems of cases: approvals and decisions that do not fit how the case stands."""

from __future__ import annotations

from api.problem_kinds.kind import Words, bad, conflict, unknown

UNKNOWN_CASE = unknown(
    Words("案件が見つかりません", "Unknown case"),
    Words("この番号の案件はありません。", "There is no case of this number."),
)
UNKNOWN_INCIDENT = unknown(
    Words("対応待ちが見つかりません", "Unknown incident"),
    Words("この案件に、その対応待ちはありません。", "This case has no such incident."),
)
UNKNOWN_DECISION = unknown(
    Words("判断が見つかりません", "Unknown decision"),
    Words("この案件に、その判断はありません。", "This case has no such decision."),
)
NO_REPORT = unknown(
    Words("届出がありません", "There is no 届出"),
    Words("この案件は届出によるものではありません。", "This case was not made of a 届出."),
)
NO_APPROVAL_WAITED_FOR = conflict(
    Words("決裁を待っていません", "No approval is waited for"),
    Words(
        "この案件は決裁を要しないか、すでに決裁されています。",
        "This case needs no approval, or has been approved.",
    ),
    Words("案件を読み直してください。", "Read the case again."),
)
REPORT_CORRECTED = conflict(
    Words("届出が訂正されています", "The 届出 has been corrected"),
    Words(
        "審査した版は最新ではありません。今の版は version です。",
        "What was read is not the newest; `version` is.",
    ),
    Words("届出を読み直して、決め直してください。", "Read the 届出 again, and decide on that."),
)
OWN_REPORT = conflict(
    Words("自分が受け付けた届出は決裁できません", "Nobody approves their own 届出"),
    Words(
        "届出を受け付けた人、訂正した人は、その届出を決裁できません。",
        "Whoever accepted or corrected a 届出 may not approve it.",
    ),
    Words("ほかの職員に依頼してください。", "Ask somebody else."),
)
CASE_CLOSED = conflict(
    Words("案件は終わっています", "The case is closed"),
    Words("終わった案件は変えられません。", "A closed case cannot be changed."),
    Words("異動取消又は職権修正によってください。", "Use 異動取消 or 職権修正 instead."),
)
STALE_INCIDENT = conflict(
    Words("その対応待ちは終わっています", "The incident is closed"),
    Words(
        "その対応待ちは、もう判断を待っていません。今の対応待ちは open_incidents です。",
        "It no longer waits for a decision; `open_incidents` do.",
    ),
)
ALREADY_DECIDED = conflict(
    Words("すでに判断されています", "Already decided"),
    Words(
        "この対応待ちには、decision_id の判断を実行しています。",
        "The decision in `decision_id` answers this incident and is being carried out.",
    ),
    Words("その判断の結果を待ってください。", "Wait for the outcome of that decision."),
)
VERB_NOT_ALLOWED = conflict(
    Words("ここではその判断はできません", "Not among the decisions allowed here"),
    Words(
        "この対応待ちで選べる判断は verbs のとおりです。",
        "This incident may be answered by one of `verbs`.",
    ),
)
ALREADY_WITHDRAWING = conflict(
    Words("取下げが進んでいます", "Already being withdrawn"),
    Words("この案件は取下げの途中です。", "This case is being withdrawn."),
    Words("取下げが終わるのを待ってください。", "Wait until the withdrawal has ended."),
)
OUTCOME_UNKNOWN = conflict(
    Words("送った電文の結果がまだ分かりません", "The outcome of a telegram is unknown"),
    Words(
        "相手に届いたか分からない電文があるため、訂正できません。",
        "A telegram may or may not have arrived, so nothing can be amended.",
    ),
    Words(
        "retry を選んで結果を確かめてから、訂正してください。",
        "Decide `retry`, which asks the other system, and amend then.",
    ),
)
LATER_CASE_STANDS = conflict(
    Words("後の異動があるため取下げできません", "A later case stands on this one"),
    Words(
        "case_numbers の案件が、この案件の記載を前提にしています。",
        "The cases in `case_numbers` have changed what this one wrote.",
    ),
    Words(
        "後の案件から順に異動取消をするか、職権修正によってください。",
        "Cancel in reverse order, the latest case first, or use 職権修正.",
    ),
)
NUMBER_CHANGED = conflict(
    Words("個人番号はすでに変わっています", "The number has been changed"),
    Words(
        "J-LIS に番号の変更を求めた後、又は正しい番号を知らせた後は取り下げられません。前の番号は"
        "誰のものでもありません（番号法8条2項）。",
        "J-LIS has been asked for another number, or told the right one; the former is nobody's.",
    ),
    Words(
        "案件を先へ進めてください。結果が分からない電文は retry で確かめます。",
        "Let the case go on; `retry` finds out about a telegram of unknown outcome.",
    ),
)
NUMBER_BOUND = conflict(
    Words("その個人番号は別の人のものです", "The number belongs to somebody else"),
    Words(
        "入力した個人番号は、別の住民に登録されています。",
        "The number entered is another resident's.",
    ),
    Words("番号を確かめてください。", "Check the number."),
)
INCIDENT_REQUIRED = bad(
    Words("対応待ちの指定がありません", "Which incident?"),
    Words(
        "取下げのほかは、どの対応待ちへの判断か incident_id が要ります。",
        "Anything but a withdrawal must name the `incident_id` it answers.",
    ),
)
MISSING_REASON = bad(
    Words("理由がありません", "The reason is missing"),
    Words("判断には必ず理由が要ります。", "A decision needs a `reason`."),
)
MISSING_EVIDENCE = bad(
    Words("根拠がありません", "The evidence is missing"),
    Words(
        "手作業で済ませたことを示す文書番号などが要ります。",
        "What was done by hand needs `evidence`, e.g. the number of a document.",
    ),
)
MISSING_AMENDMENT = bad(
    Words("訂正の内容がありません", "The amendment is missing"),
    Words("何をどう訂正するか amendment が要ります。", "Say what to correct in `amendment`."),
)
NUMBER_REQUIRED = bad(
    Words("個人番号がありません", "The number is missing"),
    Words(
        "この処理を手作業で済ませるには、得られた個人番号が要ります。",
        "This step done by hand needs the `number` it would have brought.",
    ),
)
NUMBER_NOT_WANTED = bad(
    Words("個人番号は要りません", "No number is wanted here"),
    Words(
        "この判断では個人番号を受け取りません。番号は捨てました。",
        "This decision takes no `number`; it was thrown away.",
    ),
)
WRONG_NUMBER = bad(
    Words("個人番号が正しくありません", "The number is wrong"),
    Words("個人番号の桁数又は検査数字が合いません。", "Its form or check digit is wrong."),
)
SECOND_PERSON_REQUIRED = bad(
    Words("二人目の確認がありません", "A second person is needed"),
    Words(
        "この自治体では、手作業の完了を二人で確認します。",
        "This municipality asks for a `second_person` when a step is done by hand.",
    ),
)
SECOND_PERSON_IS_AUTHOR = bad(
    Words("二人目が本人です", "The second person is the first"),
    Words("二人目は、判断した本人以外の職員です。", "The second person is somebody else."),
)
SECOND_PERSON_UNKNOWN = bad(
    Words("二人目の職員が分かりません", "The second person is unknown"),
    Words(
        "二人目は、この自治体で判断できる職員の識別子です。",
        "Name someone who may decide in this municipality.",
    ),
)
