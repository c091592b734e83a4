-- Cases, what was reported, the ledger of their steps, and what staff decided.

CREATE SEQUENCE case_sequence;
GRANT USAGE ON SEQUENCE case_sequence TO juki_app, juki_relay;

CREATE TABLE case_file (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    case_number   text NOT NULL,
    procedure     text NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'completed', 'withdrawn')),
    direction     text NOT NULL DEFAULT 'forward' CHECK (direction IN ('forward', 'withdrawing')),
    client        text NOT NULL,
    reference     text NOT NULL DEFAULT '',
    due_on        date,
    late          boolean NOT NULL DEFAULT false,
    accepted_at   timestamptz NOT NULL DEFAULT business_now(),
    started_at    timestamptz,
    ended_at      timestamptz,
    PRIMARY KEY (municipality, case_id),
    UNIQUE (municipality, case_number)
);
CALL declare_projection('case_file');
CREATE INDEX case_file_listing ON case_file (municipality, accepted_at DESC, case_id DESC);
CREATE INDEX case_file_unstarted ON case_file (accepted_at) WHERE started_at IS NULL;
CREATE INDEX case_file_open ON case_file (municipality, procedure) WHERE state = 'open';
-- 住民票コード補充 is one per municipality, however many notice at once that stock runs low.
CREATE UNIQUE INDEX case_file_one_top_up ON case_file (municipality)
    WHERE procedure = '住民票コード補充' AND state = 'open';
CREATE POLICY relaying ON case_file TO juki_relay
    USING (true) WITH CHECK (procedure = '住民票コード補充' OR started_at IS NOT NULL);
GRANT SELECT (municipality, case_id, case_number, procedure, state, direction, due_on, accepted_at, started_at, ended_at)
    ON case_file TO juki_relay;
GRANT INSERT ON case_file TO juki_relay;
GRANT UPDATE (started_at) ON case_file TO juki_relay;

CREATE TABLE case_event (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    event         text NOT NULL CHECK (event IN ('accepted', 'withdrawing', 'completed', 'withdrawn'))
);
CALL declare_log('case_event');
CREATE INDEX case_event_case ON case_event (municipality, case_id);
CREATE POLICY relaying ON case_event FOR INSERT TO juki_relay WITH CHECK (event = 'accepted');
GRANT INSERT ON case_event TO juki_relay;

-- 届出 as reported and as corrected; version 0 is what was accepted.
CREATE TABLE notification (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    version       integer NOT NULL,
    body          jsonb NOT NULL,
    changed       jsonb NOT NULL DEFAULT '{}',
    author        text NOT NULL,
    reason        text NOT NULL DEFAULT '',
    PRIMARY KEY (municipality, case_id, version)
);
CALL declare_log('notification');

-- The persons of a case, numbered from 1; `examined` holds the 履歴番号 the case relied upon.
CREATE TABLE case_person (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    subject       integer NOT NULL,
    resident_id   uuid NOT NULL,
    examined      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (municipality, case_id, subject)
);
CALL declare_projection('case_person');
CREATE INDEX case_person_resident ON case_person (municipality, resident_id);

CREATE TABLE birth_claim (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    subject       integer NOT NULL,
    household_id  uuid NOT NULL,
    born_on       date NOT NULL,
    PRIMARY KEY (municipality, case_id, subject)
);
CALL declare_projection('birth_claim');
CREATE INDEX birth_claim_same_child ON birth_claim (municipality, household_id, born_on);

CREATE TABLE step_event (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    event         text NOT NULL CHECK (event IN ('begun', 'done', 'by_hand', 'undone', 'undone_by_hand', 'reopened')),
    generation    integer NOT NULL
);
CALL declare_log('step_event');
CREATE INDEX step_event_case ON step_event (municipality, case_id, step, subject);

CREATE TABLE step_ledger (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    state         text NOT NULL CHECK (state IN ('begun', 'done', 'by_hand', 'undone', 'undone_by_hand')),
    generation    integer NOT NULL DEFAULT 0,
    begun_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at    timestamptz,
    PRIMARY KEY (municipality, case_id, step, subject)
);
CALL declare_projection('step_ledger');

-- Attempts that failed: equal failures in a row share one row. `step` may name an undo.
CREATE TABLE step_failure (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    kind          text NOT NULL,
    code          text NOT NULL,
    peer          text,
    times         integer NOT NULL DEFAULT 1,
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at       timestamptz,
    last_attempt  text NOT NULL,
    over          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality, case_id, step, subject, since)
);
CALL declare_projection('step_failure');
CREATE INDEX step_failure_open ON step_failure (municipality, case_id) WHERE NOT over;

-- Waits that are not failures: for a lane, for stock, for an opening, for a peer to get there.
CREATE TABLE case_wait (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    kind          text NOT NULL,
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    until         timestamptz,
    behind        text NOT NULL DEFAULT '',
    over          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality, case_id, step, subject)
);
CALL declare_projection('case_wait');
CREATE INDEX case_wait_open ON case_wait (municipality, kind) WHERE NOT over;

CREATE TABLE incident (
    municipality  text NOT NULL,
    incident_id   uuid NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    sequence      integer NOT NULL,
    kind          text NOT NULL CHECK (kind IN
                      ('refused', 'contract_broken', 'take_back_by_hand', 'tell_by_hand')),
    code          text NOT NULL,
    peer          text,
    verbs         text[] NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'deciding', 'closed')),
    opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at     timestamptz,
    PRIMARY KEY (municipality, incident_id),
    UNIQUE (municipality, case_id, step, subject, sequence)
);
CALL declare_projection('incident');
CREATE UNIQUE INDEX incident_one_standing ON incident (municipality, case_id, step, subject)
    WHERE state <> 'closed';
CREATE INDEX incident_standing ON incident (municipality, opened_at) WHERE state <> 'closed';

CREATE TABLE decision (
    municipality   text NOT NULL,
    decision_id    uuid NOT NULL,
    case_id        uuid NOT NULL,
    incident_id    uuid,
    verb           text NOT NULL CHECK (verb IN ('retry', 'amend', 'done_by_hand', 'withdraw')),
    author         text NOT NULL,
    role           text NOT NULL,
    reason         text NOT NULL CHECK (reason <> ''),
    evidence       text NOT NULL DEFAULT '',
    second_person  text NOT NULL DEFAULT '',
    version        integer,
    PRIMARY KEY (municipality, decision_id)
);
CALL declare_log('decision');
CREATE INDEX decision_case ON decision (municipality, case_id);
CREATE UNIQUE INDEX decision_answers_once ON decision (municipality, incident_id) WHERE incident_id IS NOT NULL;

CREATE TABLE decision_event (
    municipality  text NOT NULL,
    decision_id   uuid NOT NULL,
    event         text NOT NULL CHECK (event IN ('accepted', 'executing', 'worked', 'failed_again')),
    PRIMARY KEY (municipality, decision_id, event)
);
CALL declare_log('decision_event');

-- Whatever must reach a running case; the relay repeats it until the case has taken it.
CREATE TABLE wakeup (
    municipality  text NOT NULL,
    wakeup_id     bigint GENERATED ALWAYS AS IDENTITY,
    case_id       uuid NOT NULL,
    cause         text NOT NULL,
    decision_id   uuid,
    made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_at      timestamptz,
    PRIMARY KEY (municipality, wakeup_id)
);
CALL declare_projection('wakeup');
CREATE INDEX wakeup_waiting ON wakeup (made_at) WHERE taken_at IS NULL;
CREATE INDEX wakeup_case ON wakeup (municipality, case_id) WHERE taken_at IS NULL;
CREATE POLICY relaying ON wakeup FOR SELECT TO juki_relay USING (true);
GRANT SELECT ON wakeup TO juki_relay;

CREATE TABLE idempotency_key (
    municipality  text NOT NULL,
    client        text NOT NULL,
    key           text NOT NULL,
    route         text NOT NULL,
    body_hash     bytea NOT NULL,
    status        integer,
    answer        jsonb,
    location      text NOT NULL DEFAULT '',
    made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality, client, key)
);
CALL declare_projection('idempotency_key');

CREATE TABLE peer_note (
    municipality  text NOT NULL,
    peer          text NOT NULL,
    code          text NOT NULL,
    since         timestamptz NOT NULL,
    opened_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at     timestamptz,
    PRIMARY KEY (municipality, peer, opened_at)
);
CALL declare_projection('peer_note');
CREATE UNIQUE INDEX peer_note_one ON peer_note (municipality, peer) WHERE closed_at IS NULL;

-- Every case that waits, in the transaction's own municipality, gets one wake-up.
CREATE FUNCTION wake_waiting(why text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO wakeup (municipality, case_id, cause)
    SELECT DISTINCT municipality, case_id, why FROM case_wait WHERE municipality = tenant() AND NOT over
$$;
CREATE POLICY clock_waking ON case_wait FOR SELECT TO CURRENT_USER USING (municipality = (SELECT tenant()));
CREATE POLICY clock_waking ON wakeup TO CURRENT_USER
    USING (municipality = (SELECT tenant())) WITH CHECK (municipality = (SELECT tenant()));

-- A step worked: what failed, waited or was parked under its name is over, and the decision that
-- sent it on its way has worked. One round trip, because every healthy step asks for it.
CREATE FUNCTION step_worked(town text, which_case uuid, which_step text, person integer)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH healed AS (
        UPDATE step_failure SET over = true
        WHERE municipality = town AND case_id = which_case AND step = which_step
        AND subject = person AND NOT over RETURNING peer
    )
    UPDATE peer_note n SET closed_at = clock_timestamp() FROM healed
        WHERE n.municipality = town AND n.peer = healed.peer AND n.closed_at IS NULL;
    UPDATE case_wait SET over = true
        WHERE municipality = town AND case_id = which_case AND step = which_step
        AND subject = person AND NOT over;
    WITH settled AS (
        UPDATE incident SET state = 'closed', closed_at = clock_timestamp()
        WHERE municipality = town AND case_id = which_case AND step = which_step
        AND subject = person AND state <> 'closed' RETURNING incident_id
    )
    INSERT INTO decision_event (municipality, decision_id, event)
    SELECT town, d.decision_id, 'worked' FROM settled
    JOIN decision d ON d.municipality = town AND d.incident_id = settled.incident_id
    ON CONFLICT DO NOTHING;
END $$;
