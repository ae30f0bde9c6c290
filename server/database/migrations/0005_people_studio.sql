-- The host's studio: rooms that are announced before they begin, and organisations and rooms that people make themselves.

ALTER TABLE people.room ADD COLUMN scheduled_at timestamptz;
-- When a show of the room last began or ended: the lobby lists those that were on air lately first.
ALTER TABLE people.room ADD COLUMN last_on_air_at timestamptz;
CREATE INDEX room_lately_on_air ON people.room (last_on_air_at DESC NULLS LAST, created_at, room_id) WHERE state = 'open';
CREATE INDEX room_scheduled ON people.room (scheduled_at, room_id) WHERE state = 'open' AND scheduled_at IS NOT NULL;
CREATE INDEX room_host ON people.room (host_id);
CREATE INDEX room_role_person ON people.room_role (person_id);

-- The policies let only the platform make organisations, memberships and rooms. These two functions are the platform's
-- hand for the current person, and hold the rules of what one may make: they answer a code where they refuse, else NULL.
-- Each acts for the platform while it works, and gives that back at its end; where it raises, the transaction is undone.

-- Found an organisation whose first member, as its owner, is the current person.
CREATE FUNCTION people.found_organisation(the_org uuid, the_kind text, the_name text, organisations_max int, at timestamptz)
RETURNS text LANGUAGE plpgsql SET search_path = people, pg_temp AS $$
DECLARE
    me uuid := people.current_person();
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    refusal text;
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    -- One at a time for a person, so that the count holds.
    PERFORM FROM people.person WHERE person_id = me AND state = 'active' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        refusal := 'not_found';
    ELSIF (SELECT count(*) FROM people.membership WHERE person_id = me AND role = 'owner') >= organisations_max THEN
        refusal := 'limit_reached';
    ELSE
        INSERT INTO people.organisation (org_id, kind, name, created_at) VALUES (the_org, the_kind, the_name, at);
        INSERT INTO people.membership (org_id, person_id, role, created_at) VALUES (the_org, me, 'owner', at);
    END IF;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN refusal;
END $$;

-- Open a room of an organisation, hosted by the current person, who is its owner or a host of it. What the room deals in
-- follows from what the organisation is.
CREATE FUNCTION people.open_room(
    the_room uuid, the_org uuid, the_slug text, the_title text, the_key_hash bytea, scheduled timestamptz, rooms_max int,
    at timestamptz)
RETURNS text LANGUAGE plpgsql SET search_path = people, pg_temp AS $$
DECLARE
    me uuid := people.current_person();
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    org_kind text;
    refusal text;
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    SELECT o.kind INTO org_kind FROM people.organisation o JOIN people.membership m USING (org_id)
    WHERE o.org_id = the_org AND m.person_id = me AND m.role IN ('owner', 'host') FOR NO KEY UPDATE OF o;
    IF org_kind IS NULL THEN
        refusal := 'not_found';
    ELSIF (SELECT count(*) FROM people.room WHERE org_id = the_org AND state = 'open') >= rooms_max THEN
        refusal := 'limit_reached';
    ELSE
        INSERT INTO people.room (room_id, org_id, slug, kind, title, host_id, stream_key_hash, scheduled_at, created_at)
        VALUES (the_room, the_org, the_slug, CASE org_kind WHEN 'merchant' THEN 'farm' ELSE 'jobs' END, the_title, me,
                the_key_hash, scheduled, at)
        ON CONFLICT (slug) DO NOTHING;
        IF NOT FOUND THEN
            refusal := 'slug_taken';
        END IF;
    END IF;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN refusal;
END $$;
