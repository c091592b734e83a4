-- 電子証明書 from issue to the end, and what of it is told to the municipality that holds the owner.
DROP TABLE IF EXISTS serials;

CREATE TABLE IF NOT EXISTS jpki_certificates (
    serial     text PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('signature', 'authentication')),
    code       text NOT NULL REFERENCES people ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL,
    expires_on date NOT NULL,
    replaces   text UNIQUE REFERENCES jpki_certificates ON DELETE CASCADE,
    revoked_at timestamptz,
    reason     text,
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX IF NOT EXISTS jpki_certificates_of ON jpki_certificates (code);

-- The last ordinal of each municipality's events: whoever writes one locks it until committing, so
-- an ordinal that can be read has none to come before it.
CREATE TABLE IF NOT EXISTS jpki_ordinals (
    municipality text PRIMARY KEY,
    last         bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS jpki_events (
    municipality text NOT NULL,
    ordinal      bigint NOT NULL,
    serial       text NOT NULL REFERENCES jpki_certificates ON DELETE CASCADE,
    event        text NOT NULL CHECK (event IN ('発行', '更新', '失効')),
    happened_at  timestamptz NOT NULL,
    PRIMARY KEY (municipality, ordinal)
);
CREATE INDEX IF NOT EXISTS jpki_events_of ON jpki_events (serial);
