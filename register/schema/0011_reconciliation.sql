-- 符号取得 as 住基ネット took it; certificates' life; 突合 and what it finds.

-- 処理通番 that 住基ネット has taken, with the instant of the business clock: from then on it is 中間サーバー
-- that has not answered. The 符号 itself is never here.
CREATE TABLE linkage_request (
    municipality    text NOT NULL,
    request_number  uuid NOT NULL,
    case_id         uuid NOT NULL,
    subject         integer NOT NULL,
    resident_id     uuid NOT NULL,
    accepted_at     timestamptz NOT NULL DEFAULT business_now(),
    PRIMARY KEY (municipality, request_number)
);
CALL declare_log('linkage_request');
CREATE INDEX linkage_request_case ON linkage_request (municipality, case_id, subject);
CREATE INDEX linkage_request_resident ON linkage_request (municipality, resident_id);

-- 突合, page by page: how far it has come with each way of asking, and what the page gave.  Whoever is
-- killed goes on behind the last row; nobody's data stands in one.
CREATE TABLE reconciliation_page (
    municipality   text NOT NULL,
    case_id        uuid NOT NULL,
    peer           text NOT NULL,
    page           integer NOT NULL,
    telegram_id    uuid NOT NULL,
    reached        text NOT NULL,
    last           boolean NOT NULL,
    compared       integer NOT NULL,
    total          integer NOT NULL,
    found          integer NOT NULL,
    in_transition  integer NOT NULL,
    PRIMARY KEY (municipality, case_id, peer, page)
);
CALL declare_log('reconciliation_page');

-- 差異: one work item for one kind of difference about one person, from the 突合 that first found it to
-- the one that does not find it any more.
CREATE TABLE difference_event (
    municipality   text NOT NULL,
    difference_id  uuid NOT NULL,
    event          text NOT NULL CHECK (event IN ('found', 'seen_again', 'repairing', 'by_hand', 'gone')),
    case_id        uuid NOT NULL,
    author         text NOT NULL DEFAULT '',
    reason         text NOT NULL DEFAULT '',
    evidence       text NOT NULL DEFAULT ''
);
CALL declare_log('difference_event');
CREATE INDEX difference_event_of ON difference_event (municipality, difference_id);
CREATE INDEX difference_event_case ON difference_event (municipality, case_id);

-- `about` is the resident's id; for somebody the register does not know, what the other system calls them.
CREATE TABLE difference (
    municipality   text NOT NULL,
    difference_id  uuid NOT NULL,
    kind           text NOT NULL,
    about          text NOT NULL,
    resident_id    uuid,
    state          text NOT NULL CHECK (state IN ('open', 'repairing', 'by_hand', 'gone')),
    last_case      uuid NOT NULL,
    repair_case    uuid,
    found_at       timestamptz NOT NULL DEFAULT business_now(),
    gone_at        timestamptz,
    PRIMARY KEY (municipality, difference_id)
);
CALL declare_projection('difference');
CREATE UNIQUE INDEX difference_one_standing ON difference (municipality, kind, about) WHERE state <> 'gone';
CREATE INDEX difference_listing ON difference (municipality, state, found_at, difference_id);

-- Work that is due by the calendar, at most one case of each kind at a time and per municipality.
ALTER TABLE municipality
    ADD COLUMN reconcile_at text GENERATED ALWAYS AS (coalesce(parameters ->> 'reconcile_at', '')) STORED,
    ADD COLUMN serials_at text GENERATED ALWAYS AS (coalesce(parameters ->> 'serials_at', '')) STORED;
GRANT SELECT (reconcile_at, serials_at) ON municipality TO juki_relay;
CREATE UNIQUE INDEX case_file_one_due ON case_file (municipality, procedure)
    WHERE procedure IN ('突合', '証明書シリアル一括取得') AND state = 'open';
CREATE INDEX case_file_last_due ON case_file (municipality, procedure, accepted_at)
    WHERE procedure IN ('突合', '証明書シリアル一括取得');
DROP POLICY relaying ON case_file;
CREATE POLICY relaying ON case_file TO juki_relay
    USING (true) WITH CHECK (procedure IN ('住民票コード補充', '突合', '証明書シリアル一括取得') OR started_at IS NOT NULL);

-- The life of a certificate as J-LIS told it: which it came after, by keyed hash, and until when it is good.
ALTER TABLE certificate_serial
    ADD COLUMN replaces bytea,
    ADD COLUMN expires_on date,
    ADD COLUMN ended_at timestamptz;
CREATE INDEX certificate_serial_resident ON certificate_serial (municipality, resident_id);

-- Changes of certificates, page by page; `place` is J-LIS's own mark of where the next question goes on.
CREATE TABLE serial_page (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    telegram_id   uuid NOT NULL,
    place         text NOT NULL,
    more          boolean NOT NULL,
    linked        integer NOT NULL,
    revoked       integer NOT NULL,
    unmatched     integer NOT NULL,
    PRIMARY KEY (municipality, telegram_id)
);
CALL declare_log('serial_page');
CREATE INDEX serial_page_case ON serial_page (municipality, case_id);

-- How far a wait has come, or what the silent side knows the matter by.
ALTER TABLE case_wait ADD COLUMN mark text NOT NULL DEFAULT '';
