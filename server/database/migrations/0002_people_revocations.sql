-- Finding whose tokens became void lately without reading everybody: each edge asks every few seconds.
CREATE INDEX person_tokens_valid_from ON people.person (tokens_valid_from);
CREATE INDEX person_limited ON people.person (person_id) WHERE state = 'limited';

-- A change of state voids the tokens issued before it, whoever makes the change.
CREATE FUNCTION people.void_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state THEN
        NEW.tokens_valid_from := greatest(NEW.tokens_valid_from, clock_timestamp());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER state_voids_tokens BEFORE UPDATE OF state ON people.person
    FOR EACH ROW EXECUTE FUNCTION people.void_tokens();
