"""What the projections must say if the logs are right: one pair of queries for each.

Both yield ``key`` (text) and ``content`` (jsonb) of one municipality, ``$1``.  The order of events
of one thing is that of ``log_id``: whoever writes one holds the thing's row.
"""

from __future__ import annotations

from typing import NamedTuple


class Rebuilding(NamedTuple):
    """A projection as the logs give it, and as it stands; ``secret``: its keys are not shown."""

    projection: str
    title: str
    rebuilt: str
    standing: str
    secret: bool = False


_RESIDENT_PRESENT = Rebuilding(
    "resident_present",
    "住民の現在（履歴から）",
    """
    SELECT DISTINCT ON (h.resident_id) h.resident_id::text AS key, jsonb_build_array(h.history_no,
        h.presence, h.entry ->> 'household_id', h.code, h.entry,
        CASE WHEN h.presence = '除票' THEN (
            SELECT s.effective_on FROM resident_history s WHERE s.municipality = $1
            AND s.resident_id = h.resident_id AND 'presence' = ANY(s.changed)
            ORDER BY s.history_no DESC LIMIT 1) END) AS content
    FROM resident_history h WHERE h.municipality = $1 ORDER BY h.resident_id, h.history_no DESC
    """,
    """
    SELECT resident_id::text AS key, jsonb_build_array(history_no,
        presence, household_id, code, entry,
        CASE WHEN presence = '除票' THEN presence_since END) AS content
    FROM resident_present WHERE municipality = $1
    """,
)

_CASE_FILE = Rebuilding(
    "case_file",
    "事案の状態と向き",
    """
    SELECT case_id::text AS key, jsonb_build_array(
        CASE WHEN bool_or(event = 'completed') THEN 'completed'
            WHEN bool_or(event = 'withdrawn') THEN 'withdrawn'
            WHEN bool_or(event = 'expired') THEN 'expired' ELSE 'open' END,
        CASE WHEN bool_or(event = 'withdrawing') THEN 'withdrawing' ELSE 'forward' END,
        count(*) FILTER (WHERE event = 'accepted')) AS content
    FROM case_event WHERE municipality = $1 GROUP BY case_id
    """,
    """
    SELECT case_id::text AS key, jsonb_build_array(state, direction, 1) AS content
    FROM case_file WHERE municipality = $1
    """,
)

# A step that is opened again keeps the generation it last worked with.
_STEP_LEDGER = Rebuilding(
    "step_ledger",
    "手順の台帳",
    """
    SELECT concat_ws('/', case_id, step, subject) AS key, jsonb_build_array(
        (array_agg(CASE event WHEN 'reopened' THEN 'begun' ELSE event END
            ORDER BY log_id DESC))[1],
        (array_agg(generation ORDER BY log_id DESC) FILTER (WHERE event <> 'reopened'))[1]
        ) AS content
    FROM step_event WHERE municipality = $1 GROUP BY case_id, step, subject
    """,
    """
    SELECT concat_ws('/', case_id, step, subject) AS key,
        jsonb_build_array(state, generation) AS content
    FROM step_ledger WHERE municipality = $1
    """,
)

_LAST_SENDING = """
    SELECT DISTINCT ON (telegram_id) telegram_id, event, fence, code FROM telegram_event
    WHERE municipality = $1 AND event <> 'body_erased' ORDER BY telegram_id, log_id DESC
"""

# Taking over raises the fence and writes no event; leaving again keeps the code of the last time.
_TELEGRAM_STATE = Rebuilding(
    "telegram_state",
    "電文の状態",
    f"""
    SELECT t.telegram_id::text AS key, jsonb_build_array(t.case_id, t.step, t.subject,
        t.generation, t.ordinal, last.event, last.code, true) AS content
    FROM telegram t LEFT JOIN ({_LAST_SENDING}) last USING (telegram_id)
    WHERE t.municipality = $1
    """,  # noqa: S608 - put together from our own texts
    f"""
    SELECT s.telegram_id::text AS key, jsonb_build_array(s.case_id, s.step, s.subject,
        s.generation, s.ordinal,
        s.state, CASE WHEN last.event = 'sending' THEN '' ELSE s.code END,
        s.fence >= last.fence) AS content
    FROM telegram_state s LEFT JOIN ({_LAST_SENDING}) last USING (telegram_id)
    WHERE s.municipality = $1
    """,  # noqa: S608 - put together from our own texts
)

_LANE = Rebuilding(
    "lane",
    "更新順番号",
    """
    SELECT t.resident_id::text AS key, jsonb_build_array(max(t.update_no)) AS content
    FROM telegram t JOIN telegram_event e USING (municipality, telegram_id)
    WHERE t.municipality = $1 AND t.update_no IS NOT NULL AND e.event = 'delivered'
    GROUP BY t.resident_id
    """,
    """
    SELECT resident_id::text AS key, jsonb_build_array(delivered) AS content
    FROM lane WHERE municipality = $1 AND delivered > 0
    """,
)

_POOL_CODE = Rebuilding(
    "pool_code",
    "住民票コードの在庫",
    """
    SELECT DISTINCT ON (code) code AS key, jsonb_build_array(CASE
        WHEN event IN ('allotted', 'released') THEN 'free' ELSE event END) AS content
    FROM pool_event WHERE municipality = $1 ORDER BY code, log_id DESC
    """,
    """
    SELECT code AS key, jsonb_build_array(state) AS content
    FROM pool_code WHERE municipality = $1
    """,
    secret=True,
)

_CODE_RESERVATION = Rebuilding(
    "code_reservation",
    "住民票コードの引当て",
    """
    SELECT case_id::text AS key, jsonb_agg(jsonb_build_array(code, state) ORDER BY code) AS content
    FROM (SELECT DISTINCT ON (case_id, code) case_id, code,
            CASE event WHEN 'reserved' THEN 'held' ELSE event END AS state
        FROM pool_event WHERE municipality = $1 AND case_id IS NOT NULL
        ORDER BY case_id, code, log_id DESC) last
    GROUP BY case_id
    """,
    """
    SELECT case_id::text AS key, jsonb_agg(jsonb_build_array(code, state) ORDER BY code) AS content
    FROM code_reservation WHERE municipality = $1 GROUP BY case_id
    """,
)

# Accepted first; an outcome only of what was carried out, and only one.
_DECISION = Rebuilding(
    "decision_outcome",
    "職員の判断の経過",
    """
    SELECT decision_id::text AS key, jsonb_build_array(true, true, true) AS content
    FROM decision WHERE municipality = $1
    """,
    """
    SELECT decision_id::text AS key, jsonb_build_array(
        bool_or(event = 'accepted'),
        bool_or(event = 'executing') OR NOT bool_or(event IN ('worked', 'failed_again')),
        count(*) FILTER (WHERE event IN ('worked', 'failed_again')) <= 1) AS content
    FROM decision_event WHERE municipality = $1 GROUP BY decision_id
    """,
)

_INBOX_STATE = Rebuilding(
    "inbox_state",
    "受信した電文の状態",
    """
    SELECT DISTINCT ON (message_id) message_id::text AS key,
        jsonb_build_array(event, case_id) AS content
    FROM inbox_event WHERE municipality = $1 AND event <> 'body_erased'
    ORDER BY message_id, log_id DESC
    """,
    """
    SELECT message_id::text AS key, jsonb_build_array(state, case_id) AS content
    FROM inbox_state WHERE municipality = $1
    """,
)

_DIFFERENCE = Rebuilding(
    "difference",
    "差異の状態",
    """
    SELECT DISTINCT ON (difference_id) difference_id::text AS key, jsonb_build_array(
        CASE WHEN event IN ('found', 'seen_again') THEN 'open' ELSE event END) AS content
    FROM difference_event WHERE municipality = $1 ORDER BY difference_id, log_id DESC
    """,
    """
    SELECT difference_id::text AS key, jsonb_build_array(state) AS content
    FROM difference WHERE municipality = $1
    """,
)

_VAULT = Rebuilding(
    "vault",
    "現在の個人番号",
    """
    SELECT DISTINCT ON (resident_id, field, ordinal)
        concat_ws('/', resident_id, field, ordinal) AS key, jsonb_build_array(CASE
        WHEN event IN ('brought', 'restored') THEN 'current'
        WHEN event = 'never_was' THEN 'void' ELSE 'former' END) AS content
    FROM vault_event WHERE municipality = $1 ORDER BY resident_id, field, ordinal, log_id DESC
    """,
    """
    SELECT concat_ws('/', resident_id, field, ordinal) AS key,
        jsonb_build_array(standing) AS content
    FROM vault WHERE municipality = $1
    """,
)

_STUCK_CASE = Rebuilding(
    "stuck_case",
    "止まっている案件",
    """
    SELECT DISTINCT ON (case_id, kind) concat_ws('/', case_id, kind) AS key,
        jsonb_build_array(CASE event WHEN 'found' THEN 'standing' ELSE 'gone' END) AS content
    FROM stuck_event WHERE municipality = $1 ORDER BY case_id, kind, log_id DESC
    """,
    """
    SELECT concat_ws('/', case_id, kind) AS key, jsonb_build_array(state) AS content
    FROM stuck_case WHERE municipality = $1
    """,
)

_BULK_REPAIR = Rebuilding(
    "bulk_repair",
    "一括処理の状態",
    """
    SELECT d.bulk_id::text AS key, jsonb_build_array(coalesce((
        SELECT CASE e.event WHEN 'confirmed' THEN 'running' WHEN 'resumed' THEN 'running'
            ELSE e.event END FROM bulk_event e WHERE e.municipality = d.municipality
        AND e.bulk_id = d.bulk_id ORDER BY e.log_id DESC LIMIT 1), 'draft')) AS content
    FROM bulk_draft d WHERE d.municipality = $1
    """,
    """
    SELECT bulk_id::text AS key, jsonb_build_array(state) AS content
    FROM bulk_repair WHERE municipality = $1
    """,
)

# Failures and the next try stand in no log: a gate that lost them asks its peer once more.
_PEER_GATE = Rebuilding(
    "peer_gate",
    "送信の停止と再開",
    """
    SELECT DISTINCT ON (peer) peer AS key, jsonb_build_array(CASE event
        WHEN 'opened' THEN 'open' WHEN 'draining' THEN 'draining' ELSE 'held' END,
        event = 'held_automatically', author, reason, until, at) AS content
    FROM gate_event WHERE municipality = $1 ORDER BY peer, log_id DESC
    """,
    """
    SELECT peer AS key, jsonb_build_array(state, automatic, author, reason, until, since) AS content
    FROM peer_gate WHERE municipality = $1 AND since IS NOT NULL
    """,
)

# An incident of a peer begins when its gate is held by itself, and lasts until that is open.
_PEER_NOTE = Rebuilding(
    "peer_note",
    "応答しない相手",
    """
    SELECT peer AS key, jsonb_build_array(max(log_id) FILTER (WHERE event = 'held_automatically')
        > coalesce(max(log_id) FILTER (WHERE event = 'opened'), 0)) AS content
    FROM gate_event WHERE municipality = $1 GROUP BY peer
    HAVING bool_or(event = 'held_automatically')
    """,
    # Notes of before there were gates are closed, and founded on nothing.
    """
    SELECT peer AS key, jsonb_build_array(bool_or(closed_at IS NULL)) AS content FROM peer_note n
    WHERE municipality = $1 AND (closed_at IS NULL OR EXISTS (SELECT FROM gate_event e
        WHERE e.municipality = $1 AND e.peer = n.peer AND e.event = 'held_automatically'))
    GROUP BY peer
    """,
)

REBUILDINGS = (
    _RESIDENT_PRESENT,
    _CASE_FILE,
    _STEP_LEDGER,
    _TELEGRAM_STATE,
    _LANE,
    _POOL_CODE,
    _CODE_RESERVATION,
    _INBOX_STATE,
    _DECISION,
    _DIFFERENCE,
    _VAULT,
    _PEER_GATE,
    _PEER_NOTE,
    _STUCK_CASE,
    _BULK_REPAIR,
)
