-- What left for other systems. The log says that and when; the bodies stand apart, each under its
-- own key, so that a body can be erased and the log row stays.

CREATE TABLE telegram (
    municipality  text NOT NULL,
    telegram_id   uuid NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    generation    integer NOT NULL,
    ordinal       integer NOT NULL,
    peer          text NOT NULL,
    message       text NOT NULL,
    resident_id   uuid,
    update_no     integer,
    content_hash  bytea NOT NULL,
    PRIMARY KEY (municipality, telegram_id),
    UNIQUE (municipality, case_id, step, subject, generation, ordinal)
);
CALL declare_log('telegram');
CREATE INDEX telegram_lane ON telegram (municipality, resident_id) WHERE update_no IS NOT NULL;

CREATE TABLE telegram_body (
    municipality  text NOT NULL,
    telegram_id   uuid NOT NULL,
    direction     text NOT NULL CHECK (direction IN ('out', 'in')),
    key_id        text NOT NULL,
    wrapped_key   bytea,
    ciphertext    bytea NOT NULL,
    PRIMARY KEY (municipality, telegram_id, direction)
);
CALL declare_projection('telegram_body');

CREATE TABLE telegram_event (
    municipality  text NOT NULL,
    telegram_id   uuid NOT NULL,
    event         text NOT NULL CHECK (event IN
                      ('sending', 'delivered', 'refused', 'unknown', 'unsent', 'never_arrived', 'body_erased')),
    fence         integer NOT NULL,
    code          text NOT NULL DEFAULT ''
);
CALL declare_log('telegram_event');
CREATE INDEX telegram_event_telegram ON telegram_event (municipality, telegram_id);

-- `left_at` is the last instant at which a byte may have left; `fence` rises with every sending,
-- so that an attempt that slept through its successor can write nothing.
CREATE TABLE telegram_state (
    municipality  text NOT NULL,
    telegram_id   uuid NOT NULL,
    case_id       uuid NOT NULL,
    step          text NOT NULL,
    subject       integer NOT NULL,
    generation    integer NOT NULL,
    ordinal       integer NOT NULL,
    state         text NOT NULL CHECK (state IN
                      ('sending', 'delivered', 'refused', 'unknown', 'unsent', 'never_arrived')),
    fence         integer NOT NULL,
    code          text NOT NULL DEFAULT '',
    left_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality, telegram_id)
);
CALL declare_projection('telegram_state');
CREATE INDEX telegram_state_step ON telegram_state (municipality, case_id, step, subject);

-- Telegrams of one resident leave in the order of the history.
CREATE TABLE lane (
    municipality  text NOT NULL,
    resident_id   uuid NOT NULL,
    delivered     integer NOT NULL DEFAULT 0,
    PRIMARY KEY (municipality, resident_id)
);
CALL declare_projection('lane');

CREATE TABLE lane_debt (
    municipality  text NOT NULL,
    resident_id   uuid NOT NULL,
    history_no    integer NOT NULL,
    case_id       uuid NOT NULL,
    state         text NOT NULL DEFAULT 'owed' CHECK (state IN ('owed', 'settled', 'void')),
    PRIMARY KEY (municipality, resident_id, history_no)
);
CALL declare_projection('lane_debt');
CREATE INDEX lane_debt_owed ON lane_debt (municipality, resident_id) WHERE state = 'owed';
