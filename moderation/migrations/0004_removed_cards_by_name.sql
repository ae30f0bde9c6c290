-- The function before called its last argument like a column of the table that it reads, so that every push failed: here it
-- says which of the two it means.
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
            AND c.facts -> 'card' ->> is_removed_card.field = is_removed_card.shown);
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN is_down;
END $$;
