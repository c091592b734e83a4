-- A gate in front of every peer: open, held by staff or by itself, or letting through what waited.

CREATE TABLE gate_event (
    municipality  text NOT NULL,
    peer          text NOT NULL,
    event         text NOT NULL CHECK (event IN ('held_automatically', 'held', 'draining', 'opened')),
    author        text NOT NULL,
    reason        text NOT NULL,
    until         timestamptz
);
CALL declare_log('gate_event');
CREATE INDEX gate_event_peer ON gate_event (municipality, peer, log_id);
CREATE POLICY relaying ON gate_event FOR INSERT TO juki_relay
    WITH CHECK (author = 'relay' AND event IN ('draining', 'opened'));
GRANT INSERT ON gate_event TO juki_relay;

-- A peer that never failed and was never held has no row: its gate is open.  `until` goes by the
-- business clock, because people name it; everything else by the true one.  `failures` are the
-- instants at which the peer did not answer since it last did.  A gate that was held by itself is
-- tried at `probe_at`, and again after twice `probe_pause`.
CREATE TABLE peer_gate (
    municipality  text NOT NULL,
    peer          text NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'held', 'draining')),
    automatic     boolean NOT NULL DEFAULT false,
    author        text NOT NULL DEFAULT '',
    reason        text NOT NULL DEFAULT '',
    until         timestamptz,
    since         timestamptz,
    held_at       timestamptz,
    failures      timestamptz[] NOT NULL DEFAULT '{}',
    probe_at      timestamptz,
    probe_pause   interval,
    PRIMARY KEY (municipality, peer),
    CHECK (NOT automatic OR state = 'held'),
    CHECK (automatic = (probe_at IS NOT NULL) AND automatic = (probe_pause IS NOT NULL)),
    CHECK (until IS NULL OR state = 'held' AND NOT automatic),
    CHECK (state = 'open' OR held_at IS NOT NULL AND since IS NOT NULL)
);
CALL declare_projection('peer_gate');
CREATE INDEX peer_gate_shut ON peer_gate (municipality, peer) WHERE state <> 'open';
CREATE POLICY relaying ON peer_gate TO juki_relay USING (true) WITH CHECK (true);
-- Not who held it, nor why: those are words of staff.
GRANT SELECT (municipality, peer, state, automatic, until, since, held_at, probe_at, probe_pause)
    ON peer_gate TO juki_relay;
GRANT UPDATE (state, automatic, author, reason, until, since, held_at, probe_at, probe_pause)
    ON peer_gate TO juki_relay;

-- How often a peer did not answer, minute by minute, for people to look at.
CREATE TABLE peer_silence (
    municipality  text NOT NULL,
    peer          text NOT NULL,
    minute        timestamptz NOT NULL,
    times         integer NOT NULL DEFAULT 1,
    PRIMARY KEY (municipality, peer, minute)
);
CALL declare_projection('peer_silence');
CREATE INDEX telegram_peer ON telegram (municipality, peer, at);

-- Who waits at which gate; one that was let through since the gate was last held may pass it.
ALTER TABLE case_wait ADD COLUMN peer text, ADD COLUMN released_at timestamptz;
ALTER TABLE case_wait ADD CHECK (kind <> 'gate' OR peer IS NOT NULL);
CREATE INDEX case_wait_gate ON case_wait (municipality, peer)
    WHERE kind = 'gate' AND NOT over AND released_at IS NULL;
CREATE INDEX case_wait_released ON case_wait (municipality, peer, released_at)
    WHERE released_at IS NOT NULL;
CREATE POLICY relaying ON case_wait TO juki_relay USING (true) WITH CHECK (kind = 'gate');
GRANT SELECT (municipality, case_id, kind, peer, over, released_at) ON case_wait TO juki_relay;
GRANT UPDATE (released_at) ON case_wait TO juki_relay;
-- Whoever failed and did not come to the gate yet.
CREATE POLICY relaying ON step_failure FOR SELECT TO juki_relay USING (true);
GRANT SELECT (municipality, case_id, peer, over) ON step_failure TO juki_relay;
CREATE POLICY releasing ON wakeup FOR INSERT TO juki_relay WITH CHECK (cause = 'gate');
GRANT INSERT (municipality, case_id, cause) ON wakeup TO juki_relay;

-- How many cases a second a gate lets through, how seldom an absent peer is tried, and when
-- 住基ネット is open at all.
ALTER TABLE municipality
    ADD COLUMN gate_budget integer GENERATED ALWAYS AS (coalesce((parameters ->> 'gate_budget')::integer, 5)) STORED,
    ADD COLUMN gate_probe_most text GENERATED ALWAYS AS (coalesce(parameters ->> 'gate_probe_most', 'PT1M')) STORED;
GRANT SELECT (opening, gate_budget, gate_probe_most) ON municipality TO juki_relay;

-- A peer's incident lasts as long as its gate is not open again; until now it began after a
-- quarter of an hour, and any step that worked ended it.
ALTER TABLE peer_note NO FORCE ROW LEVEL SECURITY;
UPDATE peer_note SET closed_at = clock_timestamp() WHERE closed_at IS NULL;
ALTER TABLE peer_note FORCE ROW LEVEL SECURITY;
CREATE POLICY relaying ON peer_note TO juki_relay USING (true) WITH CHECK (closed_at IS NOT NULL);
GRANT SELECT (municipality, peer, closed_at) ON peer_note TO juki_relay;
GRANT UPDATE (closed_at) ON peer_note TO juki_relay;

CREATE OR REPLACE FUNCTION step_worked(town text, which_case uuid, which_step text, person integer)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE step_failure SET over = true
        WHERE municipality = town AND case_id = which_case AND step = which_step
        AND subject = person AND NOT over;
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
