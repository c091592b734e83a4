-- 一括処理: one decision for many incidents, over a list that was frozen when it was drafted.

-- What was asked for; more items than `alone_up_to` want a second person.
CREATE TABLE bulk_draft (
    municipality  text NOT NULL,
    bulk_id       uuid NOT NULL,
    verb          text NOT NULL CHECK (verb = 'retry'),
    wanted        jsonb NOT NULL,
    alone_up_to   integer NOT NULL CHECK (alone_up_to >= 0),
    author        text NOT NULL,
    role          text NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (municipality, bulk_id)
);
CALL declare_log('bulk_draft');

-- The list, in the order in which it is worked off. `foreseen` is why an item is left alone; blank if
-- it is to be decided.
CREATE TABLE bulk_item (
    municipality  text NOT NULL,
    bulk_id       uuid NOT NULL,
    item          integer NOT NULL,
    incident_id   uuid NOT NULL,
    case_id       uuid NOT NULL,
    foreseen      text NOT NULL DEFAULT '',
    PRIMARY KEY (municipality, bulk_id, item),
    UNIQUE (municipality, bulk_id, incident_id)
);
CALL declare_log('bulk_item');

-- Frozen: nothing joins a list once the transaction that drafted it is over.
CREATE FUNCTION frozen_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bulk_draft d WHERE d.municipality = NEW.municipality
            AND d.bulk_id = NEW.bulk_id AND d.tx = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the list is frozen' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_list BEFORE INSERT ON bulk_item FOR EACH ROW EXECUTE FUNCTION frozen_list();

-- What staff said of it afterwards.
CREATE TABLE bulk_event (
    municipality  text NOT NULL,
    bulk_id       uuid NOT NULL,
    event         text NOT NULL CHECK (event IN ('confirmed', 'discarded', 'paused', 'resumed', 'stopped')),
    author        text NOT NULL,
    role          text NOT NULL,
    reason        text NOT NULL CHECK (reason <> '' OR event IN ('confirmed', 'discarded'))
);
CALL declare_log('bulk_event');
CREATE INDEX bulk_event_of ON bulk_event (municipality, bulk_id, log_id);
CREATE UNIQUE INDEX bulk_begins_or_not ON bulk_event (municipality, bulk_id) WHERE event IN ('confirmed', 'discarded');

-- Four eyes: above its size, whoever drafted a list does not confirm it.
CREATE FUNCTION confirmed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM bulk_draft d WHERE d.municipality = NEW.municipality
            AND d.bulk_id = NEW.bulk_id AND d.author = NEW.author AND d.alone_up_to < (
                SELECT count(*) FROM bulk_item i WHERE i.municipality = d.municipality
                AND i.bulk_id = d.bulk_id AND i.foreseen = '')) THEN
        RAISE EXCEPTION 'confirmed by its own author' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER confirmed_by_another BEFORE INSERT ON bulk_event FOR EACH ROW
    WHEN (NEW.event = 'confirmed') EXECUTE FUNCTION confirmed_by_another();

-- What was done about each item, once; how a decision ended is told by its own events.  What was
-- stopped has no row for the rest.
CREATE TABLE bulk_outcome (
    municipality  text NOT NULL,
    bulk_id       uuid NOT NULL,
    item          integer NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('decided', 'superseded', 'refused')),
    code          text NOT NULL DEFAULT '',
    decision_id   uuid CHECK ((outcome = 'decided') = (decision_id IS NOT NULL)),
    PRIMARY KEY (municipality, bulk_id, item)
);
CALL declare_log('bulk_outcome');

-- Nothing is done before it was confirmed, nor to an item that was to be left alone; and a decision
-- answers the incident of its own item, in the case of its own item.
CREATE FUNCTION decided_as_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM bulk_item i JOIN bulk_event e USING (municipality, bulk_id)
            WHERE i.municipality = NEW.municipality AND i.bulk_id = NEW.bulk_id AND i.item = NEW.item
            AND i.foreseen = '' AND e.event = 'confirmed' AND (NEW.decision_id IS NULL OR EXISTS (
                SELECT FROM decision d WHERE d.municipality = i.municipality
                AND d.decision_id = NEW.decision_id AND d.incident_id = i.incident_id
                AND d.case_id = i.case_id))) THEN
        RAISE EXCEPTION 'not what the list says' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_as_listed BEFORE INSERT ON bulk_outcome FOR EACH ROW EXECUTE FUNCTION decided_as_listed();

CREATE TABLE bulk_repair (
    municipality  text NOT NULL,
    bulk_id       uuid NOT NULL,
    state         text NOT NULL DEFAULT 'draft'
                  CHECK (state IN ('draft', 'discarded', 'running', 'paused', 'stopped')),
    case_id       uuid,
    drafted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (municipality, bulk_id),
    CHECK ((case_id IS NULL) = (state IN ('draft', 'discarded')))
);
CALL declare_projection('bulk_repair');
CREATE UNIQUE INDEX bulk_repair_case ON bulk_repair (municipality, case_id);
CREATE INDEX bulk_repair_listing ON bulk_repair (municipality, drafted_at DESC, bulk_id DESC);
