-- What other institutions may reach: 団番, copies of facts, and the 符号 they are asked by.
CREATE TABLE IF NOT EXISTS numbers (
    municipality   text    NOT NULL,
    unified_number text    NOT NULL,
    closed         boolean NOT NULL,
    version        bigint  NOT NULL,
    PRIMARY KEY (municipality, unified_number)
);

CREATE TABLE IF NOT EXISTS copies (
    municipality   text    NOT NULL,
    unified_number text    NOT NULL,
    deleted        boolean NOT NULL,
    version        bigint  NOT NULL,
    facts          jsonb,
    PRIMARY KEY (municipality, unified_number)
);

CREATE TABLE IF NOT EXISTS linkages (
    municipality   text NOT NULL,
    request_number text NOT NULL,
    symbol         text NOT NULL,
    PRIMARY KEY (municipality, request_number)
);
