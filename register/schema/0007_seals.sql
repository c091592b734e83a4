-- Sealing, done inside the database: rows are hashed where they lie, and the sealer is told nothing
-- but how many there were. It cannot read a log, nor a seal (hashes of short rows can be guessed).

-- Codes alone, for whoever has to walk through all municipalities.
CREATE FUNCTION served_municipalities() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
    $$ SELECT municipality FROM municipality ORDER BY municipality $$;

CREATE FUNCTION log_tables() RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.relname::text FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND 2 = (SELECT count(*) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attname IN ('log_id', 'tx') AND NOT a.attisdropped)
    ORDER BY c.relname
$$;

-- The rows of one log of the transaction's municipality behind a place, in order, with their hashes.
-- A hash is of the row as JSON without its empty columns, so that a column added later (nullable,
-- without default) leaves it as it was; what a value looks like as JSON is pinned by the settings.
-- `settled` leaves out what is not older than every running transaction.
CREATE FUNCTION hashed_rows(log text, after_tx xid8, after_id bigint, settled boolean, most integer)
RETURNS TABLE (tx xid8, log_id bigint, hash bytea) LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
SET timezone = 'UTC' SET bytea_output = 'hex' SET extra_float_digits = 1 SET intervalstyle = 'postgres' AS $$
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT l.tx, l.log_id, sha256(convert_to((
            SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(to_jsonb(l)) f WHERE f.value <> 'null'
        )::text, 'UTF8'))
        FROM %I l
        WHERE l.municipality = (SELECT tenant()) AND (l.tx, l.log_id) > ($1, $2)
        AND (NOT $3 OR l.tx < pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY l.tx, l.log_id LIMIT $4
    $query$, log) USING after_tx, after_id, settled, most;
END $$;

CREATE FUNCTION seal_hash(s seal) RETURNS bytea LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    SELECT sha256(s.previous || convert_to(concat_ws('|', s.municipality, s.sequence, s.log, s.last_tx,
        to_char(s.made_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), array_to_string(s.row_ids, ',')), 'UTF8')
        || (SELECT string_agg(h, ''::bytea ORDER BY place) FROM unnest(s.row_hashes) WITH ORDINALITY u (h, place)))
$$;

-- Seal what is settled in every log of one municipality, at most so many rows of each, and say how
-- many there were. Waits for nobody and makes nobody wait: where another sealer is at work, 0.
CREATE FUNCTION seal_logs(town text, most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before text := coalesce(current_setting('juki.municipality', true), '');
    top    seal;
    behind seal;
    fresh  seal;
    source text;
    sealed integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('seal'), hashtext(town)) THEN
        RETURN 0;
    END IF;
    PERFORM set_config('juki.municipality', town, true);
    SELECT * INTO top FROM seal s WHERE s.municipality = town ORDER BY s.sequence DESC LIMIT 1;
    FOR source IN SELECT log_tables() LOOP
        SELECT * INTO behind FROM seal s
            WHERE s.municipality = town AND s.log = source ORDER BY s.sequence DESC LIMIT 1;
        fresh := (town, coalesce(top.sequence, 0) + 1, source, NULL, NULL, NULL,
            coalesce(top.hash, '\x'), NULL, clock_timestamp());
        SELECT array_agg(r.log_id ORDER BY r.tx, r.log_id), array_agg(r.hash ORDER BY r.tx, r.log_id), max(r.tx)
            INTO fresh.row_ids, fresh.row_hashes, fresh.last_tx
            FROM hashed_rows(source, coalesce(behind.last_tx, '0'),
                coalesce(behind.row_ids[cardinality(behind.row_ids)], 0), true, most) r;
        CONTINUE WHEN fresh.row_ids IS NULL;
        fresh.hash := seal_hash(fresh);
        INSERT INTO seal SELECT fresh.*;
        sealed := sealed + cardinality(fresh.row_ids);
        top := fresh;
    END LOOP;
    PERFORM set_config('juki.municipality', before, true);
    RETURN sealed;
END $$;

REVOKE EXECUTE ON FUNCTION served_municipalities(), seal_logs(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION served_municipalities() TO juki_app, juki_sealer;
GRANT EXECUTE ON FUNCTION seal_logs(text, integer) TO juki_sealer;
