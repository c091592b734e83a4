-- The watchdog: what stands still although the register says it goes on; and who is told of what.

-- A case that stands still, and why.  `since` is the true clock's; attempts, build and cause are the engine's
-- words about a task that fails: a number, a build id and an enumeration, never a message.
CREATE TABLE stuck_event (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    kind          text NOT NULL,
    event         text NOT NULL CHECK (event IN ('found', 'gone')),
    since         timestamptz NOT NULL
);
CALL declare_log('stuck_event');
CREATE INDEX stuck_event_case ON stuck_event (municipality, case_id, kind);

CREATE TABLE stuck_case (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('NO_RUN', 'TASK_FAILING', 'NO_WORKER', 'WAKE_UP_NOT_TAKEN',
                      'WAIT_OVERDUE', 'STANDING_STILL', 'RUN_WITHOUT_CASE')),
    state         text NOT NULL DEFAULT 'standing' CHECK (state IN ('standing', 'gone')),
    since         timestamptz NOT NULL,
    found_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    gone_at       timestamptz,
    attempts      integer NOT NULL DEFAULT 0,
    build         text NOT NULL DEFAULT '',
    cause         text NOT NULL DEFAULT '',
    PRIMARY KEY (municipality, case_id, kind),
    CHECK ((state = 'gone') = (gone_at IS NOT NULL))
);
CALL declare_projection('stuck_case');
-- The nearest reason tells: whoever has no run is not told that a wait is overdue as well.
CREATE UNIQUE INDEX stuck_case_one_reason ON stuck_case (municipality, case_id) WHERE state = 'standing';
CREATE INDEX stuck_case_standing ON stuck_case (municipality, since, case_id) WHERE state = 'standing';

-- When the watchdog last looked at everybody; one that does not run is seen by its age.
CREATE TABLE watch_round (
    municipality  text PRIMARY KEY,
    looked_at     timestamptz NOT NULL
);
CALL declare_projection('watch_round');

-- Whatever kind of incident there has ever been: new ones are announced, once.  `first_seen` is renewed when
-- one comes back after it was quiet for long.
CREATE TABLE incident_kind (
    municipality  text NOT NULL,
    peer          text NOT NULL,
    code          text NOT NULL,
    step          text NOT NULL,
    first_seen    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen     timestamptz NOT NULL DEFAULT clock_timestamp(),
    announced_at  timestamptz,
    PRIMARY KEY (municipality, peer, code, step)
);
CALL declare_projection('incident_kind');
CREATE INDEX incident_kind_unannounced ON incident_kind (first_seen) WHERE announced_at IS NULL;

-- What stood before there was a watchdog is no news.
ALTER TABLE incident NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incident_kind NO FORCE ROW LEVEL SECURITY;
INSERT INTO incident_kind (municipality, peer, code, step, first_seen, last_seen, announced_at)
    SELECT municipality, coalesce(peer, ''), code, step, min(opened_at), max(opened_at), clock_timestamp()
    FROM incident GROUP BY 1, 2, 3, 4;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
ALTER TABLE incident_kind FORCE ROW LEVEL SECURITY;

-- One message for one receiver, as it is sent: codes, counts and days.  Its id stays the same however often it
-- leaves, so that a receiver who has it knows it again; one digest a day, because its id says the day.
CREATE TABLE announcement (
    municipality     text NOT NULL,
    announcement_id  uuid NOT NULL,
    channel          text NOT NULL CHECK (channel IN ('webhook', 'mail')),
    about            text NOT NULL CHECK (about IN ('incident_kind', 'digest')),
    day              date,
    contents         jsonb NOT NULL,
    made_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts         integer NOT NULL DEFAULT 0,
    next_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at          timestamptz,
    PRIMARY KEY (municipality, announcement_id, channel),
    CHECK ((about = 'digest') = (day IS NOT NULL))
);
CALL declare_projection('announcement');
CREATE INDEX announcement_unsent ON announcement (next_at) WHERE sent_at IS NULL;
CREATE INDEX announcement_digests ON announcement (municipality, day) WHERE about = 'digest';

-- The relay looks at the cases of every municipality and writes what it found; of waits, failures, steps and
-- incidents it sees codes, states and instants.
CREATE POLICY relaying ON stuck_event FOR INSERT TO juki_relay WITH CHECK (true);
GRANT INSERT ON stuck_event TO juki_relay;
CREATE POLICY relaying ON stuck_case TO juki_relay USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON stuck_case TO juki_relay;
CREATE POLICY relaying ON watch_round TO juki_relay USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON watch_round TO juki_relay;
CREATE POLICY relaying ON incident_kind TO juki_relay USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (announced_at) ON incident_kind TO juki_relay;
CREATE POLICY relaying ON announcement TO juki_relay USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON announcement TO juki_relay;
GRANT SELECT (municipality, case_id, step, subject, kind, until, over) ON case_wait TO juki_relay;
GRANT SELECT (municipality, case_id, step, subject, next_at, over) ON step_failure TO juki_relay;
CREATE POLICY relaying ON step_ledger FOR SELECT TO juki_relay USING (true);
GRANT SELECT (municipality, case_id, begun_at, settled_at) ON step_ledger TO juki_relay;
CREATE POLICY relaying ON incident FOR SELECT TO juki_relay USING (true);
GRANT SELECT (municipality, case_id, step, subject, code, peer, state, opened_at, closed_at) ON incident TO juki_relay;
