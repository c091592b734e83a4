-- What every system here keeps: the messages it has answered, and the notices it owes to others.
CREATE TABLE IF NOT EXISTS messages (
    id           uuid PRIMARY KEY,
    municipality text        NOT NULL,
    kind         text        NOT NULL,
    body_hash    bytea       NOT NULL,
    status       smallint    NOT NULL,
    answer       text        NOT NULL,
    answered_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS messages_of_municipality ON messages (municipality);

CREATE TABLE IF NOT EXISTS deliveries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id   uuid        NOT NULL DEFAULT gen_random_uuid(),
    cause        uuid        NOT NULL,
    municipality text        NOT NULL,
    subject      text        NOT NULL,
    kind         text        NOT NULL,
    contents     jsonb       NOT NULL,
    due_at       timestamptz NOT NULL,
    attempts     integer     NOT NULL DEFAULT 0,
    delivered_at timestamptz
);
CREATE INDEX IF NOT EXISTS deliveries_owed ON deliveries (due_at) WHERE delivered_at IS NULL;
CREATE INDEX IF NOT EXISTS deliveries_by_cause ON deliveries (cause);
CREATE INDEX IF NOT EXISTS deliveries_by_subject ON deliveries (municipality, subject);
