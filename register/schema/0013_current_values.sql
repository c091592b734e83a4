-- Which of a person's values is the current one: a former number may become theirs again, and one
-- that was entered by mistake was never theirs and binds nobody.

CREATE TABLE vault_event (
    municipality  text NOT NULL,
    resident_id   uuid NOT NULL,
    field         text NOT NULL,
    ordinal       integer NOT NULL,
    event         text NOT NULL CHECK (event IN ('brought', 'replaced', 'given_back', 'never_was', 'restored')),
    case_id       uuid
);
CALL declare_log('vault_event');
CREATE INDEX vault_event_person ON vault_event (municipality, resident_id, field);

ALTER TABLE vault ADD COLUMN standing text NOT NULL DEFAULT 'current'
    CHECK (standing IN ('current', 'former', 'void'));
ALTER TABLE vault ALTER COLUMN standing DROP DEFAULT;

-- Until now whatever was brought last was current.
ALTER TABLE vault NO FORCE ROW LEVEL SECURITY;
ALTER TABLE vault_event NO FORCE ROW LEVEL SECURITY;
UPDATE vault v SET standing = 'former' WHERE EXISTS (SELECT FROM vault w
    WHERE w.municipality = v.municipality AND w.resident_id = v.resident_id
    AND w.field = v.field AND w.ordinal > v.ordinal);
INSERT INTO vault_event (municipality, resident_id, field, ordinal, event)
    SELECT municipality, resident_id, field, ordinal,
        CASE standing WHEN 'current' THEN 'brought' ELSE 'replaced' END
    FROM vault ORDER BY municipality, resident_id, field, ordinal;
ALTER TABLE vault FORCE ROW LEVEL SECURITY;
ALTER TABLE vault_event FORCE ROW LEVEL SECURITY;

CREATE UNIQUE INDEX vault_current ON vault (municipality, resident_id, field) WHERE standing = 'current';
ALTER TABLE vault DROP CONSTRAINT vault_municipality_field_lookup_key;
CREATE UNIQUE INDEX vault_holder ON vault (municipality, field, lookup) WHERE standing <> 'void';
