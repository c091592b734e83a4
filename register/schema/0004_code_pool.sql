-- The stock of unused 住民票コード. Codes are unique across the whole installation.

CREATE TABLE pool_code (
    code          text PRIMARY KEY,
    municipality  text NOT NULL,
    batch_id      uuid NOT NULL,
    -- A random place in the queue, thrown once: taking the first free code is a random choice.
    draw          double precision NOT NULL DEFAULT random(),
    state         text NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'reserved', 'retired'))
);
CALL declare_projection('pool_code');
CREATE INDEX pool_code_free ON pool_code (municipality, draw) WHERE state = 'free';
CREATE POLICY counting ON pool_code FOR SELECT TO juki_relay USING (true);
GRANT SELECT (municipality, state) ON pool_code TO juki_relay;

CREATE TABLE code_reservation (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    subject       integer NOT NULL,
    code          text NOT NULL,
    state         text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'retired')),
    PRIMARY KEY (municipality, case_id, subject)
);
CALL declare_projection('code_reservation');
-- A 住民票コード is used once: whoever holds or has retired it, nobody else may.
CREATE UNIQUE INDEX code_reservation_once ON code_reservation (code) WHERE state <> 'released';

CREATE TABLE pool_event (
    municipality  text NOT NULL,
    code          text NOT NULL,
    event         text NOT NULL CHECK (event IN ('allotted', 'reserved', 'released', 'retired')),
    case_id       uuid
);
CALL declare_log('pool_event');
