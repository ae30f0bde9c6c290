-- Notices: what a person is told, kept until they have had time to read it. Any transaction may tell anybody, by
-- people.tell() alone: the application's role has no INSERT here. The notice and the word that carries it to the person's
-- open pages (commerce.outbox, read by the clerk) commit with the change that they tell of.

-- When a person had the account deleted: nothing that names them is left, and nothing is told to them any more.
ALTER TABLE people.person ADD COLUMN erased_at timestamptz;

CREATE TABLE people.notice (
    notice_id  uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people.person,
    kind       text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{1,39}$'),
    facts      jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    created_at timestamptz NOT NULL,
    read_at    timestamptz
);
CREATE INDEX notice_of_person ON people.notice (person_id, created_at DESC, notice_id DESC);
CREATE INDEX notice_unread ON people.notice (person_id) WHERE read_at IS NULL;
CREATE INDEX notice_age ON people.notice (created_at);

ALTER TABLE people.notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.notice FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON people.notice USING (people.is_platform());
CREATE POLICY own_reads ON people.notice FOR SELECT USING (person_id = people.current_person());
CREATE POLICY own_marks ON people.notice FOR UPDATE USING (person_id = people.current_person());
GRANT SELECT, DELETE ON people.notice TO jishi_app;
GRANT UPDATE (read_at) ON people.notice TO jishi_app;

-- Tell one person something, as part of this transaction; whoever had the account deleted is told nothing. The kinds and
-- their facts are drawn in docs/notices.md. It acts for the platform while it works, and gives that back at its end.
CREATE FUNCTION people.tell(the_person uuid, the_kind text, the_facts jsonb) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = people, pg_temp AS $$
DECLARE
    the_notice uuid := gen_random_uuid();
    at timestamptz := clock_timestamp();
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    INSERT INTO people.notice (notice_id, person_id, kind, facts, created_at)
    SELECT the_notice, p.person_id, the_kind, the_facts, at FROM people.person p
    WHERE p.person_id = the_person AND p.erased_at IS NULL;
    IF FOUND THEN
        INSERT INTO commerce.outbox (topic, payload)
        VALUES ('person.' || the_person, jsonb_build_object('notice', jsonb_build_object(
            'notice_id', the_notice, 'kind', the_kind, 'at', at, 'facts', the_facts)));
    END IF;
    PERFORM set_config('jishi.platform', was_platform, true);
END $$;
