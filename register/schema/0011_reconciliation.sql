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
