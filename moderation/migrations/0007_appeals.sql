-- Second opinions, each a row that is only ever added: a person's appeal and its answer, the second moderator that a severe
-- sanction needs, and the blind second look at a share of all decisions. States are those of moderation/cases/{appeals,seconds,
-- second_looks}.py.

CREATE TABLE moderation.appeal (
    appeal_id  uuid PRIMARY KEY,
    action_id  uuid NOT NULL UNIQUE REFERENCES moderation.action,      -- each is appealed against once
    person_id  uuid NOT NULL REFERENCES people.person,
    words      text NOT NULL CHECK (length(words) <= 2000),
    created_at timestamptz NOT NULL,
    due_at     timestamptz NOT NULL                                    -- when it should be answered by
);
CREATE INDEX appeal_of_person ON moderation.appeal (person_id, appeal_id);

CREATE TABLE moderation.appeal_answer (
    appeal_id  uuid PRIMARY KEY REFERENCES moderation.appeal,
    decision   text NOT NULL CHECK (decision IN ('uphold', 'reject')),
    actor_id   uuid NOT NULL REFERENCES people.person,                 -- never whose decision it is about
    reason     text NOT NULL CHECK (length(reason) <= 500),
    created_at timestamptz NOT NULL
);

CREATE TABLE moderation.second (
    action_id  uuid PRIMARY KEY REFERENCES moderation.action,
    outcome    text NOT NULL CHECK (outcome IN ('agreed', 'dropped', 'lapsed')),
    actor_id   uuid REFERENCES people.person,                          -- NULL: nobody came in time
    reason     text NOT NULL CHECK (length(reason) <= 500),
    created_at timestamptz NOT NULL,
    CHECK ((outcome = 'lapsed') = (actor_id IS NULL))
);

CREATE TABLE moderation.second_look (
    action_id  uuid PRIMARY KEY REFERENCES moderation.action,          -- the decision that was looked at again
    actor_id   uuid NOT NULL REFERENCES people.person,
    decision   text NOT NULL CHECK (decision IN ('approve', 'remove')),
    agrees     boolean NOT NULL,
    reason     text NOT NULL CHECK (length(reason) <= 500),
    created_at timestamptz NOT NULL
);

-- An effect of its own time: what nobody has seconded by then falls.
ALTER TABLE moderation.effect DROP CONSTRAINT effect_kind_check;
ALTER TABLE moderation.effect ADD CONSTRAINT effect_kind_check
    CHECK (kind IN ('release', 'retract', 'revoke', 'mutes', 'evidence', 'lapse'));

-- A person is erased: their words go, what was decided stays countable.
CREATE OR REPLACE FUNCTION moderation.forget_person(the_person uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    UPDATE verdict SET text = '', spans = '[]' WHERE sender_id = the_person;
    UPDATE removal SET comment_text = '' WHERE sender_id = the_person;
    UPDATE report SET note = '' WHERE reporter_id = the_person;
    UPDATE action SET text = '', facts = '{}' WHERE subject_id = the_person;
    UPDATE appeal SET words = '' WHERE person_id = the_person;
    UPDATE case_file SET text = '', spans = '[]', facts = '{}', version = version + 1 WHERE subject_id = the_person;
    UPDATE case_file SET around = coalesce((
        SELECT jsonb_agg(CASE WHEN line ->> 'person_id' = the_person::text THEN line || '{"name": "", "text": ""}' ELSE line END)
        FROM jsonb_array_elements(around) line), '[]')
    WHERE around @> jsonb_build_array(jsonb_build_object('person_id', the_person));
    UPDATE mute SET lifted_at = clock_timestamp(), changed_at = clock_timestamp()
    WHERE person_id = the_person AND lifted_at IS NULL;
    UPDATE restriction SET reason = '', card = NULL, changed_at = clock_timestamp(),
        lifted_at = CASE WHEN kind = 'limited_account' OR kind = 'room_ban' THEN coalesce(lifted_at, clock_timestamp())
                         ELSE lifted_at END
    WHERE person_id = the_person;
    UPDATE effect SET payload = payload - 'text' - 'name' WHERE payload ->> 'person_id' = the_person::text;
    PERFORM set_config('jishi.platform', was_platform, true);
END $$;

-- ---- Who sees what -------------------------------------------------------------------------------------------------

ALTER TABLE moderation.appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.appeal FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.appeal USING (people.is_platform());
CREATE POLICY own_appeals ON moderation.appeal FOR SELECT USING (person_id = people.current_person());

ALTER TABLE moderation.appeal_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.appeal_answer FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.appeal_answer USING (people.is_platform());
CREATE POLICY to_me ON moderation.appeal_answer FOR SELECT USING (EXISTS (
    SELECT FROM moderation.appeal a WHERE a.appeal_id = appeal_answer.appeal_id AND a.person_id = people.current_person()));

ALTER TABLE moderation.second ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.second FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.second USING (people.is_platform());
CREATE POLICY about_me ON moderation.second FOR SELECT USING (EXISTS (
    SELECT FROM moderation.action a WHERE a.action_id = second.action_id AND a.subject_id = people.current_person()));

ALTER TABLE moderation.second_look ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.second_look FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.second_look USING (people.is_platform());

GRANT SELECT, INSERT ON moderation.appeal, moderation.appeal_answer, moderation.second, moderation.second_look TO jishi_app;
