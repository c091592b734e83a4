-- Who looks at a case, what staff note for one another, and to which procedures somebody is narrowed.

-- Who had the page of a case open before them, and when last; nothing follows from it.
CREATE TABLE case_viewer (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    subject       text NOT NULL,
    seen_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality, case_id, subject),
    FOREIGN KEY (municipality, subject) REFERENCES staff_member
);
CALL declare_projection('case_viewer');
CREATE INDEX case_viewer_age ON case_viewer (municipality, seen_at);
GRANT DELETE ON case_viewer TO juki_app;  -- who looked is remembered by nobody

-- 引継ぎメモ: the words of staff for whoever comes after them.
CREATE TABLE case_note (
    municipality  text NOT NULL,
    note_id       uuid NOT NULL,
    case_id       uuid NOT NULL,
    author        text NOT NULL,
    role          text NOT NULL,
    words         text NOT NULL CHECK (btrim(words) <> '' AND char_length(words) <= 1000),
    PRIMARY KEY (municipality, note_id)
);
CALL declare_log('case_note');
CREATE INDEX case_note_case ON case_note (municipality, case_id);

-- NULL: whatever the role may; else only these, as the identity provider told.
ALTER TABLE staff_member ADD COLUMN procedures text[];

-- In which transaction an incident was opened: so a page can be told what it could not show yet.
ALTER TABLE incident ADD COLUMN opened_in xid8 NOT NULL DEFAULT pg_current_xact_id();

-- The log of decisions is read newest first, by author and verb.
CREATE INDEX decision_listing ON decision (municipality, log_id DESC);
