-- What a moderator took off a room's screen is not shown there again: each push asks, as the person who pushes.
CREATE INDEX case_removed_card ON moderation.case_file (room_id) WHERE kind = 'card' AND state = 'removed';

-- Whether a card that shows the same is down in the room: of this product, of this post, or of this title.
CREATE FUNCTION moderation.is_removed_card(the_room uuid, the_kind text, field text, shown text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    is_down boolean;
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    is_down := EXISTS (
        SELECT FROM case_file c WHERE c.kind = 'card' AND c.state = 'removed' AND c.room_id = the_room
            AND c.facts -> 'card' ->> 'kind' = the_kind AND c.facts -> 'card' ->> field = shown);
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN is_down;
END $$;
