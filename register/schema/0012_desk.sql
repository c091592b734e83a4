-- The staff desk: who works here, who is signed in, and who has a case open before them.

-- 職員, as the identity provider told when they last signed in; a second person is looked up here.
CREATE TABLE staff_member (
    municipality  text NOT NULL,
    subject       text NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL,
    seen_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality, subject)
);
CALL declare_projection('staff_member');

-- A browser that is signed in; the cookie itself is never stored, only its hash.
CREATE TABLE console_session (
    municipality  text NOT NULL,
    session_hash  bytea NOT NULL,
    subject       text NOT NULL,
    csrf          text NOT NULL,
    begun_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    used_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    over          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality, session_hash),
    FOREIGN KEY (municipality, subject) REFERENCES staff_member
);
CALL declare_projection('console_session');
