-- One card stands for everybody of a 転出証明書情報 (法24条の2第2項), so its case is found by any of them:
-- the keyed hash of each person's code. Which case that is, and whether it holds, inbox_state knows.
CREATE TABLE certificate_person (
    municipality  text NOT NULL,
    message_id    uuid NOT NULL,
    key           bytea NOT NULL,
    PRIMARY KEY (municipality, message_id, key)
);
CALL declare_log('certificate_person');
CREATE INDEX certificate_person_key ON certificate_person (municipality, key);
