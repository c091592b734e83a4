-- 審査・決裁: what a second person must approve before it is entered (本登録).

ALTER TABLE case_file ADD COLUMN needs_approval boolean NOT NULL DEFAULT false;

-- Each approves one version of the 届出, or returns it (差戻し) with the reason.
CREATE TABLE approval (
    municipality  text NOT NULL,
    case_id       uuid NOT NULL,
    version       integer NOT NULL,
    event         text NOT NULL CHECK (event IN ('approved', 'returned')),
    author        text NOT NULL,
    role          text NOT NULL,
    reason        text NOT NULL CHECK (event = 'approved' OR reason <> '')
);
CALL declare_log('approval');
CREATE INDEX approval_case ON approval (municipality, case_id, version);

-- Four eyes: whoever accepted or corrected the 届出 does not approve it.
CREATE FUNCTION four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM case_file WHERE municipality = NEW.municipality
            AND case_id = NEW.case_id AND client = NEW.author)
        OR EXISTS (SELECT FROM notification WHERE municipality = NEW.municipality
            AND case_id = NEW.case_id AND author = NEW.author) THEN
        RAISE EXCEPTION 'approved by its own author' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER four_eyes BEFORE INSERT ON approval FOR EACH ROW
    WHEN (NEW.event = 'approved') EXECUTE FUNCTION four_eyes();

-- What is still 仮登録 leaves no row: not in the history, and so in no certificate, feed or telegram.
CREATE FUNCTION entered_only_when_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM case_file c WHERE c.municipality = NEW.municipality
            AND c.case_id = NEW.case_id AND c.needs_approval AND NOT EXISTS (
                SELECT FROM approval a WHERE a.municipality = c.municipality
                AND a.case_id = c.case_id AND a.event = 'approved')) THEN
        RAISE EXCEPTION 'entered before it was approved' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entered_only_when_approved BEFORE INSERT ON resident_history FOR EACH ROW
    WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION entered_only_when_approved();

-- Whether a municipality asks for it; whoever accepts a case may know, without reading parameters.
CREATE FUNCTION approval_asked(town text, procedure text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(parameters -> 'approval' ? procedure, false) FROM municipality WHERE municipality = town
$$;
REVOKE ALL ON FUNCTION approval_asked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION approval_asked TO juki_app, juki_relay;

-- Somebody who has dropped out of a case that goes on for the others: its steps need nothing of them.
ALTER TABLE case_person ADD COLUMN left_out boolean NOT NULL DEFAULT false;
