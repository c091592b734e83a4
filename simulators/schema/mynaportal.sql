-- What citizens filed, which message told which municipality, and what was answered.
CREATE TABLE IF NOT EXISTS applications (
    id          uuid PRIMARY KEY,
    origin      text        NOT NULL,
    destination text        NOT NULL,
    filed_at    timestamptz NOT NULL,
    contents    jsonb       NOT NULL
);
CREATE INDEX IF NOT EXISTS applications_from ON applications (origin);
CREATE INDEX IF NOT EXISTS applications_to ON applications (destination);

CREATE TABLE IF NOT EXISTS parts (
    message_id     uuid PRIMARY KEY,
    application_id uuid  NOT NULL REFERENCES applications ON DELETE CASCADE,
    municipality   text  NOT NULL,
    kind           text  NOT NULL,
    envelope       jsonb NOT NULL,
    withdrawn_by   uuid,
    UNIQUE (application_id, kind)
);

CREATE TABLE IF NOT EXISTS statuses (
    message_id     uuid PRIMARY KEY,
    ordinal        bigint GENERATED ALWAYS AS IDENTITY,
    application_id uuid        NOT NULL REFERENCES applications ON DELETE CASCADE,
    municipality   text        NOT NULL,
    told_at        timestamptz NOT NULL,
    contents       jsonb       NOT NULL
);
CREATE INDEX IF NOT EXISTS statuses_of ON statuses (application_id, ordinal);
