-- Job posts with all that a recruitment notice must say, résumés, and applications. Who may read a résumé is decided here:
-- its owner; and, of the copy that goes with an application, the employer's members for as long as `access_period` says.
-- The states and periods written here are those of commerce/jobs/states.py, and a test holds the two together.

-- Rows that are changed below belong to many organisations.
SELECT set_config('jishi.platform', 'on', true);

-- ---- Posts ---------------------------------------------------------------------------------------------------------

ALTER TABLE commerce.job_post
    ADD COLUMN base_min_minor bigint CHECK (base_min_minor > 0),
    ADD COLUMN base_max_minor bigint,
    ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    -- Rises with every change of the post.
    ADD COLUMN version int NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz,
    -- Taken down by a moderator: its organisation can't publish it again.
    ADD COLUMN removed_at timestamptz,
    -- Whether it was open then, and is again if that is undone.
    ADD COLUMN removed_open boolean NOT NULL DEFAULT false;
UPDATE commerce.job_post SET updated_at = created_at, employment = CASE
    WHEN employment IN ('full_time', 'part_time', 'temporary', 'intern', 'dispatch') THEN employment
    WHEN employment LIKE '%全职%' THEN 'full_time'
    WHEN employment LIKE '%兼职%' THEN 'part_time'
    WHEN employment LIKE '%实习%' THEN 'intern'
    WHEN employment LIKE '%派遣%' THEN 'dispatch'
    ELSE 'temporary' END;

-- A draft may lack anything but a title.
ALTER TABLE commerce.job_post
    ALTER COLUMN updated_at SET NOT NULL,
    ALTER COLUMN pay_min_minor DROP NOT NULL,
    ALTER COLUMN pay_max_minor DROP NOT NULL,
    ALTER COLUMN headcount DROP NOT NULL,
    ALTER COLUMN valid_until DROP NOT NULL,
    DROP CONSTRAINT job_post_employer_check,
    DROP CONSTRAINT job_post_place_check,
    DROP CONSTRAINT job_post_employment_check,
    ADD CONSTRAINT job_post_employer_check CHECK (length(employer) <= 64),
    ADD CONSTRAINT job_post_place_check CHECK (length(place) <= 60),
    ADD CONSTRAINT job_post_employment_check CHECK (employment IN
        ('', 'full_time', 'part_time', 'temporary', 'intern', 'dispatch')),
    ADD CONSTRAINT job_post_base_check CHECK (base_max_minor >= base_min_minor);
-- What is shown is whole. Posts from before this migration stand as they are until they are changed.
ALTER TABLE commerce.job_post ADD CONSTRAINT job_post_whole CHECK (state <> 'open' OR (
    employer <> '' AND place <> '' AND employment <> '' AND description <> '' AND cardinality(requirements) > 0
    AND headcount IS NOT NULL AND valid_until IS NOT NULL AND base_min_minor IS NOT NULL AND base_max_minor IS NOT NULL
    AND pay_min_minor IS NOT NULL AND pay_max_minor IS NOT NULL)) NOT VALID;
CREATE INDEX card_of_job ON commerce.card (job_id, card_id) WHERE state = 'shown';

-- ---- Résumés and applications --------------------------------------------------------------------------------------

CREATE TABLE commerce.resume (
    person_id  uuid PRIMARY KEY REFERENCES people.person,
    sealed     bytea NOT NULL,            -- commerce/sealing.py
    updated_at timestamptz NOT NULL
);

CREATE TABLE commerce.application (
    application_id  uuid PRIMARY KEY,
    job_id          uuid NOT NULL REFERENCES commerce.job_post,
    org_id          uuid NOT NULL,
    person_id       uuid NOT NULL REFERENCES people.person,
    -- Where it was made, if it was in a room of the same organisation.
    room_id         uuid REFERENCES people.room,
    card_id         uuid,
    -- What was applied for, as it stood: never joined live.
    job_title       text NOT NULL,
    employer        text NOT NULL,
    place           text NOT NULL,
    pay_min_minor   bigint NOT NULL,
    pay_max_minor   bigint NOT NULL,
    currency        char(3) NOT NULL,
    pay_unit        text NOT NULL,
    state           text NOT NULL CHECK (state IN
                        ('submitted', 'viewed', 'contacted', 'interview', 'offered', 'hired', 'rejected', 'withdrawn')),
    -- Whether the applicant lets the employer see the telephone number.
    phone_shared    boolean NOT NULL DEFAULT false,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_hash    bytea NOT NULL,
    version         int NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    moved_at        timestamptz NOT NULL,     -- when it came into its state
    CONSTRAINT application_once UNIQUE (job_id, person_id),
    UNIQUE (person_id, idempotency_key)
);
CREATE INDEX application_person ON commerce.application (person_id, application_id);
CREATE INDEX application_org ON commerce.application (org_id, application_id);
CREATE INDEX application_job ON commerce.application (job_id, application_id);
CREATE INDEX application_room ON commerce.application (room_id, created_at) WHERE room_id IS NOT NULL;

-- The résumé as it was when the application was made, with what the applicant wrote to it.
CREATE TABLE commerce.application_snapshot (
    application_id uuid PRIMARY KEY REFERENCES commerce.application,
    org_id         uuid NOT NULL,
    person_id      uuid NOT NULL,
    sealed         bytea NOT NULL
);

-- How long after an application came into a state the employer's members may read its snapshot.
CREATE FUNCTION commerce.access_period(the_state text) RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE the_state WHEN 'withdrawn' THEN interval '0 days'
                          WHEN 'hired' THEN interval '30 days'
                          WHEN 'rejected' THEN interval '30 days'
                          ELSE interval '180 days' END
$$;
CREATE FUNCTION commerce.is_readable(the_application uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM commerce.application a WHERE a.application_id = the_application
                   AND a.moved_at + commerce.access_period(a.state) > now())
$$;

CREATE TABLE commerce.application_event (
    application_id uuid NOT NULL REFERENCES commerce.application,
    version        int NOT NULL,
    org_id         uuid NOT NULL,
    person_id      uuid NOT NULL,
    event          text NOT NULL,
    state          text NOT NULL,
    note           text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    by_id          uuid,                      -- who did it; NULL for the platform
    at             timestamptz NOT NULL,
    PRIMARY KEY (application_id, version)
);

-- Who of the employer has read a snapshot. Seen in a list it is noted once a day for each reader, opened every time.
CREATE TABLE commerce.application_access (
    application_id uuid NOT NULL REFERENCES commerce.application,
    org_id         uuid NOT NULL,
    person_id      uuid NOT NULL,
    by_id          uuid NOT NULL,
    by_name        text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('listed', 'opened')),
    at             timestamptz NOT NULL,
    on_day         date NOT NULL
);
CREATE INDEX application_access_of ON commerce.application_access (application_id, at);
CREATE UNIQUE INDEX application_access_listed ON commerce.application_access (application_id, by_id, on_day)
    WHERE kind = 'listed';

CREATE VIEW commerce.application_view WITH (security_invoker = true) AS
SELECT a.application_id, a.job_id, a.org_id, a.person_id, a.job_title, a.employer, a.place, a.pay_min_minor,
       a.pay_max_minor, a.currency, a.pay_unit, a.state, a.phone_shared, a.version, a.created_at, a.updated_at, a.moved_at,
       (SELECT r.slug FROM people.room r WHERE r.room_id = a.room_id) AS room_slug
FROM commerce.application a;

-- ---- Applying ------------------------------------------------------------------------------------------------------

-- Take several applications in one transaction, each granted or refused by itself. `code` is NULL for a new one, `again`
-- for one that this key had made before, else why it was refused. The rows go in by one order everywhere, so that two
-- batches wait for each other and never in a circle; the database's own UNIQUE is what lets only one stand.
CREATE FUNCTION commerce.submit_applications(
    at timestamptz, application_ids uuid[], person_ids uuid[], job_ids uuid[], room_ids uuid[], card_ids uuid[],
    keys text[], hashes bytea[], snapshots bytea[])
RETURNS TABLE (place int, code text, application_id uuid, the_application jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    granted uuid[];
BEGIN
    WITH asked AS (
        SELECT * FROM unnest(application_ids, person_ids, job_ids, room_ids, card_ids, keys, hashes, snapshots)
            AS q (application_id, person_id, job_id, room_id, card_id, key, hash, snapshot)
    ), added AS (
        INSERT INTO commerce.application (application_id, job_id, org_id, person_id, room_id, card_id, job_title, employer,
            place, pay_min_minor, pay_max_minor, currency, pay_unit, state, idempotency_key, request_hash, created_at,
            updated_at, moved_at)
        SELECT q.application_id, q.job_id, j.org_id, q.person_id, r.room_id, c.card_id, j.title, j.employer, j.place,
               j.pay_min_minor, j.pay_max_minor, j.currency, j.pay_unit, 'submitted', q.key, q.hash, at, at, at
        FROM asked q
        JOIN commerce.job_post j ON j.job_id = q.job_id AND j.state = 'open' AND j.valid_until > at
        LEFT JOIN people.room r ON r.room_id = q.room_id AND r.org_id = j.org_id
        LEFT JOIN commerce.card c ON c.card_id = q.card_id AND c.job_id = q.job_id
        WHERE q.snapshot IS NOT NULL ORDER BY q.job_id, q.person_id
        ON CONFLICT DO NOTHING RETURNING application_id, org_id, person_id
    ), noted AS (
        INSERT INTO commerce.application_event (application_id, version, org_id, person_id, event, state, by_id, at)
        SELECT a.application_id, 1, a.org_id, a.person_id, 'submitted', 'submitted', a.person_id, at FROM added a
    ), kept AS (
        INSERT INTO commerce.application_snapshot (application_id, org_id, person_id, sealed)
        SELECT a.application_id, a.org_id, a.person_id, q.snapshot
        FROM added a JOIN asked q USING (application_id)
    )
    SELECT coalesce(array_agg(a.application_id), '{}') INTO granted FROM added a;

    RETURN QUERY
        SELECT q.n::int,
               CASE WHEN q.application_id = ANY (granted) THEN NULL
                    WHEN k.request_hash = q.hash THEN 'again'
                    WHEN k.application_id IS NOT NULL THEN 'idempotency_mismatch'
                    WHEN o.application_id IS NOT NULL THEN 'already_applied'
                    WHEN j.job_id IS NULL OR j.state = 'draft' THEN 'not_found'
                    WHEN j.state <> 'open' OR j.valid_until <= at THEN 'post_closed'
                    ELSE 'resume_missing' END,
               CASE WHEN q.application_id = ANY (granted) THEN q.application_id
                    ELSE coalesce(k.application_id, o.application_id) END,
               CASE WHEN q.application_id = ANY (granted)
                    THEN (SELECT to_jsonb(v) FROM commerce.application_view v WHERE v.application_id = q.application_id)
                    END
        FROM unnest(application_ids, person_ids, job_ids, keys, hashes) WITH ORDINALITY
             AS q (application_id, person_id, job_id, key, hash, n)
        LEFT JOIN commerce.application k ON k.person_id = q.person_id AND k.idempotency_key = q.key
        LEFT JOIN commerce.application o ON o.person_id = q.person_id AND o.job_id = q.job_id
        LEFT JOIN commerce.job_post j ON j.job_id = q.job_id
        ORDER BY q.n;
END $$;

-- Forget a person as a job seeker, in the transaction that erases the person: no résumé and no copy of one is left, open
-- applications are withdrawn and stay countable, and what was written about them is blank. A reader's name goes as well.
CREATE FUNCTION commerce.forget_job_seeker(the_person uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT people.is_platform() THEN
        RAISE EXCEPTION 'only the platform forgets people';
    END IF;
    WITH ended AS (
        UPDATE commerce.application SET state = 'withdrawn', version = version + 1, updated_at = now(), moved_at = now()
        WHERE person_id = the_person AND state IN ('submitted', 'viewed', 'contacted', 'interview', 'offered')
        RETURNING application_id, version, org_id, person_id)
    INSERT INTO commerce.application_event (application_id, version, org_id, person_id, event, state, at)
    SELECT application_id, version, org_id, person_id, 'withdrawn', 'withdrawn', now() FROM ended;
    UPDATE commerce.application SET phone_shared = false WHERE person_id = the_person AND phone_shared;
    UPDATE commerce.application_event SET note = '' WHERE person_id = the_person AND note <> '';
    DELETE FROM commerce.application_snapshot WHERE person_id = the_person;
    DELETE FROM commerce.resume WHERE person_id = the_person;
    UPDATE commerce.application_access SET by_name = '' WHERE by_id = the_person;
END $$;

-- ---- Who sees and changes what -------------------------------------------------------------------------------------

ALTER TABLE commerce.resume ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.resume FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_platform ON commerce.resume USING (people.is_platform() OR person_id = people.current_person());

ALTER TABLE commerce.application ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.application FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.application USING (people.is_platform());
CREATE POLICY applicant_or_employer_reads ON commerce.application FOR SELECT
    USING (person_id = people.current_person() OR people.is_member(org_id));
CREATE POLICY applicant_or_employer_changes ON commerce.application FOR UPDATE
    USING (person_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.application_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.application_snapshot FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.application_snapshot USING (people.is_platform());
CREATE POLICY applicant_reads ON commerce.application_snapshot FOR SELECT USING (person_id = people.current_person());
CREATE POLICY employer_reads_for_a_time ON commerce.application_snapshot FOR SELECT
    USING (people.is_member(org_id) AND commerce.is_readable(application_id));

ALTER TABLE commerce.application_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.application_event FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.application_event USING (people.is_platform());
CREATE POLICY applicant_or_employer_reads ON commerce.application_event FOR SELECT
    USING (person_id = people.current_person() OR people.is_member(org_id));
CREATE POLICY applicant_or_employer_adds ON commerce.application_event FOR INSERT
    WITH CHECK (by_id = people.current_person() AND (person_id = by_id OR people.is_member(org_id)));

ALTER TABLE commerce.application_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.application_access FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.application_access USING (people.is_platform());
CREATE POLICY applicant_or_employer_reads ON commerce.application_access FOR SELECT
    USING (person_id = people.current_person() OR people.is_member(org_id));
CREATE POLICY reader_adds ON commerce.application_access FOR INSERT
    WITH CHECK (by_id = people.current_person() AND people.is_member(org_id));

GRANT SELECT, INSERT, UPDATE, DELETE ON commerce.resume TO jishi_app;
GRANT SELECT ON commerce.application_view TO jishi_app;
GRANT SELECT, INSERT, DELETE ON commerce.application_snapshot TO jishi_app;
GRANT SELECT, INSERT, UPDATE (state, phone_shared, version, updated_at, moved_at) ON commerce.application TO jishi_app;
-- What happened is added to; of it, only a forgotten person's words and name are ever blanked.
GRANT SELECT, INSERT, UPDATE (note) ON commerce.application_event TO jishi_app;
GRANT SELECT, INSERT, UPDATE (by_name) ON commerce.application_access TO jishi_app;
