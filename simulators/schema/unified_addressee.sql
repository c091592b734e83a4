-- One 団内統合宛名番号 per 個人番号, and the 宛名番号 of the municipality's systems that lead to it.
CREATE TABLE IF NOT EXISTS numbers (
    municipality   text NOT NULL,
    unified_number text NOT NULL,
    my_number      text NOT NULL,
    PRIMARY KEY (municipality, unified_number),
    UNIQUE (municipality, my_number)
);

-- 個人番号 that once led to a 団番; whoever has one of them now, it leads to theirs.
CREATE TABLE IF NOT EXISTS former_numbers (
    municipality   text NOT NULL,
    unified_number text NOT NULL,
    my_number      text NOT NULL,
    request_id     uuid PRIMARY KEY,
    replaced_at    timestamptz NOT NULL,
    FOREIGN KEY (municipality, unified_number) REFERENCES numbers
);
CREATE INDEX IF NOT EXISTS former_numbers_of ON former_numbers (municipality, unified_number);

CREATE TABLE IF NOT EXISTS addressees (
    municipality     text    NOT NULL,
    addressee_number text    NOT NULL,
    unified_number   text    NOT NULL,
    closed           boolean NOT NULL,
    contents         jsonb   NOT NULL,
    PRIMARY KEY (municipality, addressee_number),
    FOREIGN KEY (municipality, unified_number) REFERENCES numbers
);
