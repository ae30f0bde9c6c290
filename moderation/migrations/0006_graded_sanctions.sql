-- Sanctions between a mute and a closed account, each with the moment at which it ends. Mutes keep their own table; here stands
-- what else somebody may not do. The kinds are those of moderation/cases/states.py, and a test holds the two together.

ALTER TABLE moderation.action DROP CONSTRAINT action_kind_check;
ALTER TABLE moderation.action ADD CONSTRAINT action_kind_check CHECK (kind IN
    ('approve', 'remove', 'warn', 'mute_10m', 'mute_1d', 'mute_room', 'room_ban', 'limited_account', 'card_off',
     'stream_limited', 'close_account', 'undo'));

CREATE TABLE moderation.restriction (
    action_id  uuid PRIMARY KEY REFERENCES moderation.action,
    kind       text NOT NULL CHECK (kind IN ('room_ban', 'limited_account', 'card_off', 'stream_limited')),
    person_id  uuid NOT NULL REFERENCES people.person,
    room_id    uuid REFERENCES people.room,
    card       jsonb,                                  -- of card_off: {kind, shows}; NULL: every card of the room
    until      timestamptz,                            -- NULL: until somebody lifts it
    reason     text NOT NULL CHECK (length(reason) <= 500),
    lifted_at  timestamptz,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((kind = 'limited_account') = (room_id IS NULL)),
    CHECK (kind = 'card_off' OR card IS NULL)
);
CREATE INDEX restriction_of_person ON moderation.restriction (person_id) WHERE lifted_at IS NULL;
CREATE INDEX restriction_of_room ON moderation.restriction (room_id, kind) WHERE lifted_at IS NULL;
CREATE INDEX restriction_changed ON moderation.restriction (changed_at);

ALTER TABLE moderation.restriction ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.restriction FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.restriction USING (people.is_platform());
CREATE POLICY about_me ON moderation.restriction FOR SELECT USING (person_id = people.current_person());
GRANT SELECT, INSERT ON moderation.restriction TO jishi_app;
GRANT UPDATE (until, lifted_at, changed_at) ON moderation.restriction TO jishi_app;

-- Whether a card that shows the same is down in the room: by a decision about a card, or since the room's cards are off.
CREATE OR REPLACE FUNCTION moderation.is_removed_card(the_room uuid, the_kind text, field text, shown text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    is_down boolean;
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    is_down := EXISTS (
        SELECT FROM case_file c WHERE c.kind = 'card' AND c.state = 'removed' AND c.room_id = the_room
            AND c.facts -> 'card' ->> 'kind' = the_kind
            AND c.facts -> 'card' ->> is_removed_card.field = is_removed_card.shown
    ) OR EXISTS (
        SELECT FROM restriction r WHERE r.kind = 'card_off' AND r.room_id = the_room AND r.lifted_at IS NULL
            AND (r.until IS NULL OR r.until > clock_timestamp())
            AND (r.card IS NULL OR (r.card ->> 'kind' = the_kind AND r.card ->> 'shows' = is_removed_card.shown)));
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN is_down;
END $$;

-- Whether a room is kept out of the lobby.
CREATE FUNCTION moderation.is_unlisted(the_room uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = moderation, pg_temp AS $$
    SELECT EXISTS (SELECT FROM restriction r WHERE r.kind = 'stream_limited' AND r.room_id = the_room AND r.lifted_at IS NULL
        AND (r.until IS NULL OR r.until > clock_timestamp()))
$$;

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
