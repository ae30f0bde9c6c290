-- The moderator's desk: a case for each thing that a person has to look at, the reports about it, every decision and sanction
-- in one log that is only ever added to (an undo is a row of its own), who is muted where, and the effects that a decision
-- has outside the database, which wait here until they are done. The states are those of moderation/cases/states.py, and a
-- test holds the two together. Rows are written by the platform alone; a person reads what concerns their own words.

CREATE TABLE moderation.case_file (
    case_id      uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('line', 'card', 'product', 'post', 'title', 'name', 'host')),
    -- What it is about: a comment, card, product, post, room (its title), person or organisation (its name), or person (host).
    target_id    text NOT NULL CHECK (length(target_id) BETWEEN 1 AND 64),
    room_id      uuid REFERENCES people.room,
    subject_id   uuid REFERENCES people.person,     -- whose words they are
    subject_role text NOT NULL,                     -- viewer, buyer, moderator, host, employer
    text         text NOT NULL CHECK (length(text) <= 5000),
    -- Why it is here: the filter showed it and flagged it, held it, blocked it, or somebody reported it.
    action       text NOT NULL CHECK (action IN ('flag', 'hold', 'block', 'report')),
    rules        jsonb NOT NULL,                    -- as in moderation.verdict
    spans        jsonb NOT NULL,
    score        real NOT NULL CHECK (score BETWEEN 0 AND 1),
    -- Whether it could be seen when the case was opened: what approving and removing then do follows from this.
    shown        boolean NOT NULL,
    -- A line's id on screen: its own at first, another each time it is put back, for clients remember what was taken down.
    screen_id    text CHECK (length(screen_id) BETWEEN 1 AND 64),
    facts        jsonb NOT NULL DEFAULT '{}',       -- what putting it back takes; the card as it was seen
    around       jsonb NOT NULL DEFAULT '[]',       -- the lines before and after it: [{comment_id, person_id, name, text, wall_us}]
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'removed')),
    decided_by   uuid,                              -- the action that stands; NULL while open
    version      int NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'open') = (decided_by IS NULL))
);
-- What is said again about the same thing goes to the case that is open. Of a line there is one case ever: its words don't change.
CREATE UNIQUE INDEX case_open_target ON moderation.case_file (kind, target_id) WHERE state = 'open';
CREATE UNIQUE INDEX case_of_line ON moderation.case_file (target_id) WHERE kind = 'line';
CREATE INDEX case_on_screen ON moderation.case_file (screen_id) WHERE screen_id IS NOT NULL;
CREATE INDEX case_open ON moderation.case_file (case_id) WHERE state = 'open';
CREATE INDEX case_done ON moderation.case_file (case_id) WHERE state <> 'open';
CREATE INDEX case_subject ON moderation.case_file (subject_id, case_id);

CREATE TABLE moderation.report (
    report_id   uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES moderation.case_file,
    reporter_id uuid NOT NULL REFERENCES people.person,
    reason      text NOT NULL CHECK (reason IN ('scam', 'false_claim', 'outside_contact', 'abuse', 'other')),
    note        text NOT NULL CHECK (length(note) <= 500),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (case_id, reporter_id)
);
CREATE INDEX report_of_person ON moderation.report (reporter_id, created_at);

-- Everything that a person decided about another's words or account, by hosts, room moderators and the platform's alike.
CREATE TABLE moderation.action (
    action_id  uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN
                   ('approve', 'remove', 'mute_10m', 'mute_1d', 'mute_room', 'close_account', 'undo')),
    undoes     uuid UNIQUE REFERENCES moderation.action,       -- each is undone once
    actor_id   uuid NOT NULL REFERENCES people.person,
    actor_role text NOT NULL CHECK (actor_role IN ('moderator', 'room_moderator', 'host')),
    subject_id uuid REFERENCES people.person,
    case_id    uuid REFERENCES moderation.case_file,
    target     text CHECK (length(target) BETWEEN 1 AND 64),   -- the line that was taken down in its room, without a case
    room_id    uuid REFERENCES people.room,
    text       text NOT NULL CHECK (length(text) <= 5000),
    reason     text NOT NULL CHECK (length(reason) <= 500),
    facts      jsonb NOT NULL DEFAULT '{}',                    -- what undoing it takes
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'undo') = (undoes IS NOT NULL))
);
CREATE INDEX action_case ON moderation.action (case_id, action_id) WHERE case_id IS NOT NULL;
CREATE INDEX action_subject ON moderation.action (subject_id, action_id);
CREATE INDEX action_target ON moderation.action (room_id, target) WHERE target IS NOT NULL;
ALTER TABLE moderation.case_file ADD FOREIGN KEY (decided_by) REFERENCES moderation.action;

CREATE TABLE moderation.mute (
    action_id  uuid PRIMARY KEY REFERENCES moderation.action,
    room_id    uuid NOT NULL REFERENCES people.room,
    person_id  uuid NOT NULL REFERENCES people.person,
    until      timestamptz,                                    -- NULL: for good
    reason     text NOT NULL CHECK (length(reason) <= 500),
    lifted_at  timestamptz,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mute_standing ON moderation.mute (person_id, room_id) WHERE lifted_at IS NULL;
CREATE INDEX mute_changed ON moderation.mute (changed_at);

-- What a decision still has to do outside the database; written with the decision, done by the clerk, and tried until it is.
CREATE TABLE moderation.effect (
    effect_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('release', 'retract', 'revoke', 'mutes', 'evidence')),
    subject    text NOT NULL CHECK (length(subject) BETWEEN 1 AND 64),  -- a room's or a person's id: its effects keep their order
    payload    jsonb NOT NULL,
    tries      int NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz
);
CREATE INDEX effect_waiting ON moderation.effect (effect_id) WHERE done_at IS NULL;
CREATE INDEX effect_done ON moderation.effect (done_at) WHERE done_at IS NOT NULL;

-- ---- Removals made before there was a log go into it ---------------------------------------------------------------

SELECT set_config('jishi.platform', 'on', true);
INSERT INTO moderation.action (action_id, kind, actor_id, actor_role, subject_id, target, room_id, text, reason, created_at)
SELECT r.removal_id, 'remove', r.moderator_id,
       CASE WHEN p.kind <> 'member' THEN 'moderator' WHEN o.host_id = r.moderator_id THEN 'host' ELSE 'room_moderator' END,
       r.sender_id, nullif(left(r.comment_id, 64), ''), r.room_id, r.comment_text, r.reason, r.created_at
FROM moderation.removal r JOIN people.room o USING (room_id) JOIN people.person p ON p.person_id = r.moderator_id;

-- ---- Opening a case ------------------------------------------------------------------------------------------------

-- File a thing that people have to look at: a new case, or the one that is about it already, which then says the more
-- severe of both. Any transaction may file; the case's id is answered.
CREATE FUNCTION moderation.file_case(
    new_id uuid, the_kind text, the_target text, the_room uuid, the_subject uuid, the_subject_role text, the_text text,
    the_action text, the_rules jsonb, the_spans jsonb, the_score real, is_shown boolean, the_screen_id text, the_facts jsonb,
    the_around jsonb, at timestamptz)
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
                                    score, shown, screen_id, facts, around, created_at, updated_at)
        VALUES (new_id, the_kind, the_target, the_room, the_subject, the_subject_role, the_text, the_action, the_rules,
                the_spans, the_score, is_shown, the_screen_id, the_facts, the_around, at, at)
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
        text = CASE WHEN the_action = 'report' THEN c.text ELSE the_text END,
        rules = CASE WHEN the_action = 'report' THEN c.rules ELSE the_rules END,
        spans = CASE WHEN the_action = 'report' THEN c.spans ELSE the_spans END,
        score = greatest(c.score, the_score),
        version = c.version + 1, updated_at = at
    WHERE c.case_id = the_case;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN the_case;
END $$;

-- ---- Forgetting a person -------------------------------------------------------------------------------------------

-- A person is erased: their words go, what was decided stays countable.
CREATE FUNCTION moderation.forget_person(the_person uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    UPDATE verdict SET text = '', spans = '[]' WHERE sender_id = the_person;
    UPDATE removal SET comment_text = '' WHERE sender_id = the_person;
    UPDATE report SET note = '' WHERE reporter_id = the_person;
    UPDATE action SET text = '', facts = '{}' WHERE subject_id = the_person;
    UPDATE case_file SET text = '', spans = '[]', facts = '{}', version = version + 1 WHERE subject_id = the_person;
    UPDATE case_file SET around = coalesce((
        SELECT jsonb_agg(CASE WHEN line ->> 'person_id' = the_person::text THEN line || '{"name": "", "text": ""}' ELSE line END)
        FROM jsonb_array_elements(around) line), '[]')
    WHERE around @> jsonb_build_array(jsonb_build_object('person_id', the_person));
    UPDATE mute SET lifted_at = clock_timestamp(), changed_at = clock_timestamp()
    WHERE person_id = the_person AND lifted_at IS NULL;
    UPDATE effect SET payload = payload - 'text' - 'name' WHERE payload ->> 'person_id' = the_person::text;
    PERFORM set_config('jishi.platform', was_platform, true);
END $$;

-- ---- Who sees what -------------------------------------------------------------------------------------------------

ALTER TABLE moderation.case_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.case_file FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.case_file USING (people.is_platform());

ALTER TABLE moderation.report ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.report FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.report USING (people.is_platform());
CREATE POLICY own_reports ON moderation.report FOR SELECT USING (reporter_id = people.current_person());

ALTER TABLE moderation.action ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.action FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.action USING (people.is_platform());
CREATE POLICY about_me ON moderation.action FOR SELECT USING (subject_id = people.current_person());

ALTER TABLE moderation.mute ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.mute FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.mute USING (people.is_platform());

ALTER TABLE moderation.effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.effect FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.effect USING (people.is_platform());

-- The log and the reports are added to and read; a case's words stand as they were filed.
GRANT SELECT, INSERT ON moderation.report, moderation.action, moderation.mute, moderation.effect TO jishi_app;
GRANT SELECT ON moderation.case_file TO jishi_app;
GRANT UPDATE (state, decided_by, screen_id, around, version, updated_at) ON moderation.case_file TO jishi_app;
GRANT UPDATE (lifted_at, changed_at) ON moderation.mute TO jishi_app;
GRANT UPDATE (tries, due_at, done_at) ON moderation.effect TO jishi_app;
GRANT DELETE ON moderation.effect TO jishi_app;
