-- Who follows which host, and the word that goes round when a followed host goes on air.

CREATE TABLE people.follow (
    person_id  uuid NOT NULL REFERENCES people.person,
    host_id    uuid NOT NULL REFERENCES people.person,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, host_id)
);
CREATE INDEX follow_of_host ON people.follow (host_id, person_id);

-- When a room was last heard to be on air, and how far its followers were told of the show that this belongs to: they are
-- told in batches, in the order of their ids, and each batch commits with the place where the next begins.
CREATE TABLE people.room_on_air (
    room_id  uuid PRIMARY KEY REFERENCES people.room,
    heard_at timestamptz NOT NULL,
    told_to  uuid,                            -- the last follower told; NULL: nobody yet
    is_told  boolean NOT NULL DEFAULT false
);
CREATE INDEX room_on_air_to_tell ON people.room_on_air (heard_at) WHERE NOT is_told;

ALTER TABLE people.follow ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.follow FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON people.follow USING (people.is_platform());
CREATE POLICY own_reads ON people.follow FOR SELECT USING (person_id = people.current_person());

ALTER TABLE people.room_on_air ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.room_on_air FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON people.room_on_air USING (people.is_platform());

GRANT SELECT, INSERT, DELETE ON people.follow TO jishi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON people.room_on_air TO jishi_app;

-- Tell the next followers of the room that was heard of first, as the platform; answers how many, NULL when nobody waits.
CREATE FUNCTION people.tell_followers(followers_max int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    word record;
    follower uuid;
    last_told uuid;
    told int := 0;
BEGIN
    SELECT a.room_id, a.told_to, r.slug, r.title, r.host_id, h.display_name INTO word
    FROM people.room_on_air a JOIN people.room r USING (room_id) JOIN people.person h ON h.person_id = r.host_id
    WHERE NOT a.is_told ORDER BY a.heard_at, a.room_id LIMIT 1 FOR UPDATE OF a;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR follower IN
        SELECT f.person_id FROM people.follow f
        WHERE f.host_id = word.host_id AND (word.told_to IS NULL OR f.person_id > word.told_to)
        ORDER BY f.person_id LIMIT followers_max
    LOOP
        PERFORM people.tell(follower, 'host_on_air', jsonb_build_object('room_slug', word.slug, 'room_title', word.title,
            'host_name', word.display_name, 'host_id', word.host_id));
        last_told := follower;
        told := told + 1;
    END LOOP;
    UPDATE people.room_on_air SET told_to = coalesce(last_told, told_to), is_told = told < followers_max
    WHERE room_id = word.room_id;
    RETURN told;
END $$;
