-- The queue: how many could see a thing when it came here, which cases say the same, who is looking at which, and what each
-- moderator likes to see. And a new kind of case: a room's own people taking down what only complains.

ALTER TABLE moderation.case_file
    ADD COLUMN audience int NOT NULL DEFAULT 0 CHECK (audience >= 0),   -- of its room, when it was filed last
    ADD COLUMN fold text CHECK (length(fold) = 32);                     -- the same for texts that differ in their dress alone
CREATE INDEX case_alike ON moderation.case_file (fold, kind) WHERE state = 'open' AND fold IS NOT NULL;

ALTER TABLE moderation.case_file DROP CONSTRAINT case_file_kind_check;
ALTER TABLE moderation.case_file ADD CONSTRAINT case_file_kind_check
    CHECK (kind IN ('line', 'card', 'product', 'post', 'title', 'name', 'host', 'suppression'));

-- Who works on a case, for a short while; whoever else decides it meanwhile is refused.
CREATE TABLE moderation.claim (
    case_id      uuid PRIMARY KEY REFERENCES moderation.case_file,
    moderator_id uuid NOT NULL REFERENCES people.person,
    until        timestamptz NOT NULL
);

CREATE TABLE moderation.desk_view (
    person_id  uuid PRIMARY KEY REFERENCES people.person,
    views      jsonb NOT NULL CHECK (jsonb_typeof(views) = 'array' AND length(views::text) <= 16384),
    updated_at timestamptz NOT NULL
);

ALTER TABLE moderation.claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.claim FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.claim USING (people.is_platform());
GRANT SELECT, INSERT, DELETE ON moderation.claim TO jishi_app;
GRANT UPDATE (moderator_id, until) ON moderation.claim TO jishi_app;

ALTER TABLE moderation.desk_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.desk_view FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.desk_view USING (people.is_platform());
GRANT SELECT, INSERT, DELETE ON moderation.desk_view TO jishi_app;
GRANT UPDATE (views, updated_at) ON moderation.desk_view TO jishi_app;

-- What is counted and looked for: what room's own people took down, and how long decisions took.
CREATE INDEX action_of_room ON moderation.action (room_id, created_at) WHERE kind = 'remove' AND target IS NOT NULL;
CREATE INDEX action_at ON moderation.action (created_at);

-- File a thing that people have to look at: a new case, or the one that is about it already, which then says the more
-- severe of both; what a room's people suppress is gathered. Any transaction may file; the case's id is answered.
DROP FUNCTION moderation.file_case(
    uuid, text, text, uuid, uuid, text, text, text, jsonb, jsonb, real, boolean, text, jsonb, jsonb, timestamptz);
CREATE FUNCTION moderation.file_case(
    new_id uuid, the_kind text, the_target text, the_room uuid, the_subject uuid, the_subject_role text, the_text text,
    the_action text, the_rules jsonb, the_spans jsonb, the_score real, is_shown boolean, the_screen_id text, the_facts jsonb,
    the_around jsonb, at timestamptz, the_audience int DEFAULT 0, the_fold text DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    the_case uuid;
    severity text[] := ARRAY['report', 'flag', 'hold', 'block'];
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    IF the_kind = 'line' THEN
        SELECT c.case_id INTO the_case FROM case_file c
        WHERE c.kind = 'line' AND (c.target_id = the_target OR c.screen_id = the_target) FOR UPDATE;
    END IF;
    IF the_case IS NULL THEN
        INSERT INTO case_file AS c (case_id, kind, target_id, room_id, subject_id, subject_role, text, action, rules, spans,
                                    score, shown, screen_id, facts, around, created_at, updated_at, audience, fold)
        VALUES (new_id, the_kind, the_target, the_room, the_subject, the_subject_role, the_text, the_action, the_rules,
                the_spans, the_score, is_shown, the_screen_id, the_facts, the_around, at, at, the_audience, the_fold)
        ON CONFLICT DO NOTHING RETURNING c.case_id INTO the_case;
        IF the_case IS NOT NULL THEN
            PERFORM set_config('jishi.platform', was_platform, true);
            RETURN the_case;
        END IF;
        SELECT c.case_id INTO the_case FROM case_file c
        WHERE c.kind = the_kind AND c.target_id = the_target AND (c.state = 'open' OR c.kind = 'line') FOR UPDATE;
    END IF;
    -- The newest reading of the filter is the one that counts for words that can change; a report changes none of it.
    UPDATE case_file c SET
        action = CASE WHEN array_position(severity, the_action) > array_position(severity, c.action) THEN the_action ELSE c.action END,
        text = CASE WHEN the_kind = 'suppression' THEN left(c.text || E'\n' || the_text, 5000)
                    WHEN the_action = 'report' THEN c.text ELSE the_text END,
        fold = CASE WHEN the_action = 'report' THEN c.fold ELSE the_fold END,
        rules = CASE WHEN the_action = 'report' THEN c.rules ELSE the_rules END,
        spans = CASE WHEN the_action = 'report' THEN c.spans ELSE the_spans END,
        facts = CASE WHEN the_kind = 'suppression' THEN jsonb_set(c.facts, '{actions}',
                    coalesce(c.facts -> 'actions', '[]') || coalesce(the_facts -> 'actions', '[]')) ELSE c.facts END,
        score = greatest(c.score, the_score),
        audience = greatest(c.audience, the_audience),
        version = c.version + 1, updated_at = at
    WHERE c.case_id = the_case;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN the_case;
END $$;

-- A person is erased: their words go, what was decided stays countable; what a removal looked like is counted by room.
CREATE OR REPLACE FUNCTION moderation.forget_person(the_person uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    UPDATE verdict SET text = '', spans = '[]' WHERE sender_id = the_person;
    UPDATE removal SET comment_text = '' WHERE sender_id = the_person;
    UPDATE report SET note = '' WHERE reporter_id = the_person;
    UPDATE action SET text = '', facts = jsonb_strip_nulls(jsonb_build_object('likeness', facts -> 'likeness'))
    WHERE subject_id = the_person;
    UPDATE appeal SET words = '' WHERE person_id = the_person;
    UPDATE case_file SET text = '', fold = NULL, spans = '[]', facts = '{}', version = version + 1
    WHERE subject_id = the_person;
    -- What a room's people took down of this person's words stands in the room's case, which is about somebody else.
    UPDATE case_file c SET text = '', version = version + 1
    WHERE c.kind = 'suppression' AND EXISTS (
        SELECT FROM action a WHERE a.subject_id = the_person AND c.facts -> 'actions' ? a.action_id::text);
    UPDATE case_file SET around = coalesce((
        SELECT jsonb_agg(CASE WHEN line ->> 'person_id' = the_person::text THEN line || '{"name": "", "text": ""}' ELSE line END)
        FROM jsonb_array_elements(around) line), '[]')
    WHERE around @> jsonb_build_array(jsonb_build_object('person_id', the_person));
    DELETE FROM claim WHERE moderator_id = the_person;
    DELETE FROM desk_view WHERE person_id = the_person;
    UPDATE mute SET lifted_at = clock_timestamp(), changed_at = clock_timestamp()
    WHERE person_id = the_person AND lifted_at IS NULL;
    UPDATE restriction SET reason = '', card = NULL, changed_at = clock_timestamp(),
        lifted_at = CASE WHEN kind = 'limited_account' OR kind = 'room_ban' THEN coalesce(lifted_at, clock_timestamp())
                         ELSE lifted_at END
    WHERE person_id = the_person;
    UPDATE effect SET payload = payload - 'text' - 'name' WHERE payload ->> 'person_id' = the_person::text;
    PERFORM set_config('jishi.platform', was_platform, true);
END $$;
