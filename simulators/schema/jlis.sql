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
