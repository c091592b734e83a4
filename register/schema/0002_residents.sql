-- People and households. The history is the truth; what is present is derived from it.

CREATE TABLE household (
    municipality      text NOT NULL,
    household_id      uuid NOT NULL,
    household_number  text NOT NULL,
    address           jsonb NOT NULL,
    PRIMARY KEY (municipality, household_id),
    UNIQUE (municipality, household_number)
);
CALL declare_projection('household');

CREATE TABLE resident (
    municipality      text NOT NULL,
    resident_id       uuid NOT NULL,
    addressee_number  text NOT NULL,
    PRIMARY KEY (municipality, resident_id),
    UNIQUE (municipality, addressee_number)
);
CALL declare_log('resident');

-- One full row per change of a person (住民票の履歴). `changed` names the fields this row set;
-- `cancels` names the history numbers it takes back.
CREATE TABLE resident_history (
    municipality        text NOT NULL,
    resident_id         uuid NOT NULL,
    history_no          integer NOT NULL CHECK (history_no > 0),
    case_id             uuid,
    reason              text NOT NULL,
    effective_on        date NOT NULL,
    effective_notation  text NOT NULL DEFAULT '',
    processed_on        date NOT NULL DEFAULT business_day(),
    notified_on         date,
    presence            text NOT NULL CHECK (presence IN ('現存', '除票')),
    code                text,
    entry               jsonb NOT NULL,
    changed             text[] NOT NULL,
    cancels             integer[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (municipality, resident_id, history_no)
);
CALL declare_log('resident_history');
CREATE INDEX resident_history_case ON resident_history (municipality, case_id);
CREATE INDEX resident_history_code ON resident_history (municipality, code);

CREATE TABLE resident_present (
    municipality  text NOT NULL,
    resident_id   uuid NOT NULL,
    history_no    integer NOT NULL,
    presence      text NOT NULL,
    household_id  uuid NOT NULL,
    code          text,
    entry         jsonb NOT NULL,
    PRIMARY KEY (municipality, resident_id)
);
CALL declare_projection('resident_present');
CREATE INDEX resident_present_household ON resident_present (municipality, household_id);
CREATE INDEX resident_present_code ON resident_present (municipality, code);

CREATE TABLE search_token (
    municipality  text NOT NULL,
    token         text COLLATE "C" NOT NULL,
    resident_id   uuid NOT NULL,
    PRIMARY KEY (municipality, token, resident_id)
);
CALL declare_projection('search_token');
GRANT DELETE ON search_token TO juki_app;

-- Secrets of a person: only ever as ciphertext and keyed hash. Re-encrypted when keys rotate.
CREATE TABLE vault (
    municipality  text NOT NULL,
    resident_id   uuid NOT NULL,
    field         text NOT NULL,
    ordinal       integer NOT NULL,
    key_id        text NOT NULL,
    ciphertext    bytea NOT NULL,
    lookup        bytea NOT NULL,
    PRIMARY KEY (municipality, resident_id, field, ordinal),
    UNIQUE (municipality, field, lookup)
);
CALL declare_projection('vault');
