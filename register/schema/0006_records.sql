-- Audit, the feed for other offices, and the seals over every log.

CREATE TABLE audit (
    municipality  text NOT NULL,
    actor         text NOT NULL,
    purpose       text NOT NULL,
    act           text NOT NULL,
    subject_id    uuid,
    case_id       uuid,
    detail        jsonb NOT NULL DEFAULT '{}'
);
CALL declare_log('audit');

CREATE TABLE feed_event (
    municipality  text NOT NULL,
    event_id      uuid NOT NULL,
    kind          text NOT NULL,
    reason        text NOT NULL,
    case_id       uuid NOT NULL,
    resident_id   uuid NOT NULL,
    history_no    integer NOT NULL,
    PRIMARY KEY (municipality, event_id)
);
CALL declare_log('feed_event');

-- One seal covers the next rows of one log, in order of (tx, log_id), all of them older than every
-- transaction then running, so that none can slip in behind. Seals of a municipality form one chain.
-- Row hashes are kept so that a flipped byte can be pointed at.
CREATE TABLE seal (
    municipality  text NOT NULL,
    sequence      bigint NOT NULL,
    log           text NOT NULL,
    last_tx       xid8 NOT NULL,
    row_ids       bigint[] NOT NULL CHECK (cardinality(row_ids) > 0),
    row_hashes    bytea[] NOT NULL CHECK (cardinality(row_hashes) = cardinality(row_ids)),
    previous      bytea NOT NULL,
    hash          bytea NOT NULL,
    made_at       timestamptz NOT NULL,
    PRIMARY KEY (municipality, sequence)
);
CALL seal_off('seal');
GRANT SELECT ON seal TO juki_app;
CREATE POLICY sealing ON seal TO CURRENT_USER
    USING (municipality = (SELECT tenant())) WITH CHECK (municipality = (SELECT tenant()));
CREATE INDEX seal_log ON seal (municipality, log, sequence DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
