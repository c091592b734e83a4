-- One row per 住民票コード ever allotted: whom it stands for, and the one 個人番号 made from it.
CREATE TABLE IF NOT EXISTS people (
    code        text PRIMARY KEY,
    allotted_to text    NOT NULL,
    number      text    UNIQUE,
    holder      text,
    live        boolean NOT NULL DEFAULT false,
    orders      jsonb   NOT NULL DEFAULT '{}',
    contents    jsonb
);
-- A code given up for another is retired by the CS-04 that said so.
ALTER TABLE people ADD COLUMN IF NOT EXISTS replaced_by text;
ALTER TABLE people ADD COLUMN IF NOT EXISTS retired_by uuid;
ALTER TABLE people ADD COLUMN IF NOT EXISTS retired_at timestamptz;
CREATE INDEX IF NOT EXISTS people_allotted_to ON people (allotted_to);
CREATE INDEX IF NOT EXISTS people_held_by ON people (holder);

CREATE TABLE IF NOT EXISTS entries (
    message_id    uuid PRIMARY KEY,
    municipality  text    NOT NULL,
    code          text    NOT NULL REFERENCES people,
    update_number integer NOT NULL,
    change        text    NOT NULL,
    reason        text    NOT NULL,
    effective_on  date    NOT NULL,
    notified_on   date    NOT NULL,
    cancels       uuid[]  NOT NULL,
    applied       boolean NOT NULL,
    contents      jsonb   NOT NULL,
    countered_by  uuid,
    UNIQUE (municipality, code, update_number)
);
ALTER TABLE entries ADD COLUMN IF NOT EXISTS ordinal bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE entries ADD COLUMN IF NOT EXISTS before jsonb;
ALTER TABLE entries ADD COLUMN IF NOT EXISTS former_code text;
CREATE INDEX IF NOT EXISTS entries_about ON entries (code);

-- 個人番号 that were somebody's once: never anybody's again.
CREATE TABLE IF NOT EXISTS former_numbers (
    number       text PRIMARY KEY,
    code         text NOT NULL,
    municipality text NOT NULL,
    replaced_by  text NOT NULL,
    message_id   uuid NOT NULL,
    retired_at   timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS former_numbers_of ON former_numbers (code);

CREATE TABLE IF NOT EXISTS mailings (
    message_id   uuid PRIMARY KEY,
    municipality text  NOT NULL,
    code         text  NOT NULL REFERENCES people,
    contents     jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS mailings_of_municipality ON mailings (municipality);

CREATE TABLE IF NOT EXISTS symbols (
    municipality text NOT NULL,
    code         text NOT NULL REFERENCES people,
    symbol       text NOT NULL UNIQUE,
    PRIMARY KEY (municipality, code)
);

CREATE TABLE IF NOT EXISTS linkage_requests (
    municipality   text NOT NULL,
    request_number text NOT NULL,
    code           text NOT NULL,
    message_id     uuid NOT NULL,
    PRIMARY KEY (municipality, request_number)
);

CREATE TABLE IF NOT EXISTS postal_codes (
    postal_code text PRIMARY KEY,
    prefix      text NOT NULL
);

CREATE TABLE IF NOT EXISTS secret (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    key      bytea NOT NULL
);

-- Letters between municipalities, kept until nobody can ask for them.
CREATE TABLE IF NOT EXISTS certificates (
    message_id  uuid PRIMARY KEY,
    ordinal     bigint GENERATED ALWAYS AS IDENTITY,
    origin      text  NOT NULL,
    destination text  NOT NULL,
    applicant   text  NOT NULL,
    envelope    jsonb NOT NULL,
    voided_by   uuid,
    reported_by text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS certificates_from ON certificates (origin);
CREATE INDEX IF NOT EXISTS certificates_to ON certificates (destination);

CREATE TABLE IF NOT EXISTS certified (
    code       text NOT NULL,
    message_id uuid NOT NULL REFERENCES certificates ON DELETE CASCADE,
    PRIMARY KEY (code, message_id)
);
CREATE INDEX IF NOT EXISTS certified_in ON certified (message_id);

CREATE TABLE IF NOT EXISTS move_in_notices (
    message_id   uuid PRIMARY KEY,
    municipality text  NOT NULL,
    origin       text  NOT NULL,
    contents     jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS move_in_notices_from ON move_in_notices (municipality);
CREATE INDEX IF NOT EXISTS move_in_notices_to ON move_in_notices (origin);

CREATE TABLE IF NOT EXISTS departures (
    message_id   uuid PRIMARY KEY,
    municipality text  NOT NULL,
    code         text  NOT NULL,
    contents     jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS departures_from ON departures (municipality);
