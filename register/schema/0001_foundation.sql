-- Roles, tenancy, the business clock, and the two kinds of table this register knows:
-- logs (insert and select only) and projections (updatable, rebuildable from the logs).

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['juki_app', 'juki_relay', 'juki_sealer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- made by the installation, or by a migration of a sister database just now
        END;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', name);
    END LOOP;
END $$;

-- The municipality a transaction works for. Unset is an error, never "no rows".
CREATE FUNCTION tenant() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE code text := current_setting('juki.municipality', true);
BEGIN
    IF code IS NULL OR code = '' THEN
        RAISE EXCEPTION 'no municipality is set for this transaction' USING ERRCODE = '42501';
    END IF;
    RETURN code;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

-- A tenant's rows are its own: forced on the owner too, so no forgotten WHERE crosses a town border.
CREATE PROCEDURE seal_off(relation text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY own_municipality ON %I TO juki_app
        USING (municipality = (SELECT tenant())) WITH CHECK (municipality = (SELECT tenant()))', relation);
END $$;

CREATE PROCEDURE declare_log(relation text) LANGUAGE plpgsql AS $$
BEGIN
    CALL seal_off(relation);
    EXECUTE format('ALTER TABLE %I
        ADD COLUMN log_id bigint GENERATED ALWAYS AS IDENTITY,
        ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp()', relation);
    EXECUTE format('CREATE INDEX %I ON %I (municipality, tx, log_id)', relation || '_sealing', relation);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO juki_app', relation);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', relation);
    -- The sealer hashes whole rows inside the database, through a function of the owner's.
    EXECUTE format('CREATE POLICY sealing ON %I FOR SELECT TO CURRENT_USER
        USING (municipality = (SELECT tenant()))', relation);
END $$;

CREATE PROCEDURE declare_projection(relation text) LANGUAGE plpgsql AS $$
BEGIN
    CALL seal_off(relation);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO juki_app', relation);
END $$;

CREATE TABLE business_clock (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    shift    interval NOT NULL DEFAULT '0'
);
INSERT INTO business_clock DEFAULT VALUES;
GRANT SELECT ON business_clock TO juki_app, juki_relay;

-- The instant everybody here goes by. Only the owner may move it, and only a local stack does.
CREATE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    $$ SELECT clock_timestamp() + shift FROM business_clock $$;

CREATE FUNCTION business_day() RETURNS date LANGUAGE sql VOLATILE AS
    $$ SELECT (business_now() AT TIME ZONE 'Asia/Tokyo')::date $$;

CREATE TABLE municipality (
    municipality  text PRIMARY KEY CHECK (municipality ~ '^[0-9]{6}$'),
    name          text NOT NULL,
    opening       jsonb NOT NULL,
    low_water     integer NOT NULL CHECK (low_water >= 0),
    target_stock  integer NOT NULL CHECK (target_stock > low_water),
    parameters    jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE municipality ENABLE ROW LEVEL SECURITY;
ALTER TABLE municipality FORCE ROW LEVEL SECURITY;
CREATE POLICY own_municipality ON municipality TO juki_app USING (municipality = (SELECT tenant()));
CREATE POLICY every_municipality ON municipality TO juki_relay, juki_sealer USING (true);
-- Opening a town, and setting its parameters, is the installation's act, done as the owner.
CREATE POLICY installation ON municipality TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON municipality TO juki_app;
GRANT SELECT (municipality, low_water, target_stock) ON municipality TO juki_relay;
GRANT SELECT (municipality) ON municipality TO juki_sealer;

CREATE TABLE number_counter (
    municipality  text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('addressee', 'household')),
    last          bigint NOT NULL,
    PRIMARY KEY (municipality, kind)
);
CALL declare_projection('number_counter');
