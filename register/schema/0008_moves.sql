-- Moves: presence by the calendar, messages from outside, visits, and cases known by their person.

-- Since when the presence of the latest row holds; a 転出 is entered before its day.
ALTER TABLE resident_present ADD COLUMN presence_since date NOT NULL DEFAULT '-infinity';

-- Who is here today is a rule over dates: at 00:00 of the day a 転出予定者 is a 除票 for every reader,
-- whenever a step gets round to saying so.
CREATE VIEW resident_today WITH (security_invoker = true) AS
    SELECT municipality, resident_id, history_no, household_id, code, entry, presence_since,
        CASE WHEN presence = '除票' AND presence_since > business_day() THEN '現存' ELSE presence END AS presence,
        presence = '除票' AND presence_since > business_day() AS leaving
    FROM resident_present;
GRANT SELECT ON resident_today TO juki_app;

ALTER TABLE case_file DROP CONSTRAINT case_file_state_check,
    ADD CONSTRAINT case_file_state_check CHECK (state IN ('open', 'completed', 'withdrawn', 'expired'));
ALTER TABLE case_event DROP CONSTRAINT case_event_event_check,
    ADD CONSTRAINT case_event_event_check
        CHECK (event IN ('accepted', 'withdrawing', 'completed', 'withdrawn', 'expired'));

-- How a case ended when it came to an end of its own, written by the step that ended it.
ALTER TABLE case_file ADD COLUMN ending text NOT NULL DEFAULT '' CHECK (ending IN ('', 'expired', 'withdrawn'));

-- A case people look for by its person before they know its number: one open case per procedure
-- and keyed hash of the applicant's code.
CREATE TABLE case_key (
    municipality  text NOT NULL,
    procedure     text NOT NULL,
    key           bytea NOT NULL,
    case_id       uuid NOT NULL,
    open          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (municipality, procedure, case_id)
);
CALL declare_projection('case_key');
CREATE UNIQUE INDEX case_key_one_open ON case_key (municipality, procedure, key) WHERE open;

-- 受信: what other systems sent us, stored before it is acknowledged. Bodies stand apart.
CREATE TABLE inbox_message (
    municipality  text NOT NULL,
    system        text NOT NULL,
    message_id    uuid NOT NULL,
    message       text NOT NULL,
    content_hash  bytea NOT NULL,
    PRIMARY KEY (municipality, system, message_id)
);
CALL declare_log('inbox_message');

CREATE TABLE inbox_body (
    municipality  text NOT NULL,
    message_id    uuid NOT NULL,
    key_id        text NOT NULL,
    wrapped_key   bytea,
    ciphertext    bytea NOT NULL,
    PRIMARY KEY (municipality, message_id)
);
CALL declare_projection('inbox_body');

CREATE TABLE inbox_event (
    municipality  text NOT NULL,
    message_id    uuid NOT NULL,
    event         text NOT NULL CHECK (event IN
                      ('received', 'identifying', 'attached', 'unclaimed', 'merged', 'settled', 'body_erased')),
    case_id       uuid
);
CALL declare_log('inbox_event');

-- Where a message stands: its person being found, joined to a case, or waiting for staff; `about` is
-- the message a 取消 takes back, `flaw` the code of why nobody could use this one.
CREATE TABLE inbox_state (
    municipality  text NOT NULL,
    message_id    uuid NOT NULL,
    system        text NOT NULL,
    message       text NOT NULL,
    state         text NOT NULL CHECK (state IN
                      ('received', 'identifying', 'attached', 'unclaimed', 'merged', 'settled')),
    case_id       uuid,
    about         uuid,
    flaw          text NOT NULL DEFAULT '',
    received_at   timestamptz NOT NULL DEFAULT business_now(),
    erased_at     timestamptz,
    PRIMARY KEY (municipality, message_id)
);
CALL declare_projection('inbox_state');
CREATE INDEX inbox_state_case ON inbox_state (municipality, case_id);
CREATE INDEX inbox_state_standing ON inbox_state (municipality, state, received_at);
CREATE INDEX inbox_state_about ON inbox_state (municipality, about) WHERE about IS NOT NULL;

-- 来庁: who came and what the card said, as enumerations; no PIN and no card number is ever stored.
CREATE TABLE visit (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    visited_on    date NOT NULL,
    moved_in_on   date NOT NULL,
    body          jsonb NOT NULL,
    author        text NOT NULL
);
CALL declare_log('visit');
CREATE INDEX visit_case ON visit (municipality, case_id);

-- 証明書のシリアル番号 and whose they are; only keyed hashes.
CREATE TABLE certificate_serial (
    municipality  text NOT NULL,
    serial        bytea NOT NULL,
    resident_id   uuid NOT NULL,
    usage         text NOT NULL,
    state         text NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'revoked')),
    PRIMARY KEY (municipality, serial)
);
CALL declare_projection('certificate_serial');

-- Telegrams leave in the order in which they fell due; a 転出 is entered long before it does.
ALTER TABLE lane_debt ADD COLUMN place bigint;
UPDATE lane_debt d SET place = o.place FROM (
    SELECT municipality, resident_id, history_no,
        row_number() OVER (ORDER BY municipality, resident_id, history_no) AS place FROM lane_debt) o
    WHERE (d.municipality, d.resident_id, d.history_no) = (o.municipality, o.resident_id, o.history_no);
CREATE SEQUENCE lane_place;
SELECT setval('lane_place', (SELECT coalesce(max(place), 0) + 1 FROM lane_debt));
ALTER TABLE lane_debt ALTER COLUMN place SET DEFAULT nextval('lane_place'), ALTER COLUMN place SET NOT NULL;
GRANT USAGE ON SEQUENCE lane_place TO juki_app;

-- 転入通知 (法9条1項), person by person as received; without a case nobody here was leaving.
CREATE TABLE move_in_notice (
    municipality  text NOT NULL,
    message_id    uuid NOT NULL,
    resident_id   uuid NOT NULL,
    case_id       uuid,
    sender        text NOT NULL,
    moved_in_on   date NOT NULL,
    address       jsonb NOT NULL,
    notified_on   date NOT NULL,
    version       integer NOT NULL,
    withdrawn     boolean NOT NULL,
    PRIMARY KEY (municipality, message_id, resident_id)
);
CALL declare_log('move_in_notice');
CREATE INDEX move_in_notice_resident ON move_in_notice (municipality, resident_id, notified_on DESC, version DESC);
CREATE INDEX move_in_notice_case ON move_in_notice (municipality, case_id);
