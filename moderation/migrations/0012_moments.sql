-- What was seen or heard in a live room: cases of a kind of their own, each with a clip of the moment. The clip's file lies in
-- the data folder of the node that filmed it; its row says what it must be, and a file without a row is deleted.

ALTER TABLE moderation.case_file DROP CONSTRAINT case_file_kind_check;
ALTER TABLE moderation.case_file ADD CONSTRAINT case_file_kind_check
    CHECK (kind IN ('line', 'card', 'product', 'post', 'title', 'name', 'host', 'suppression', 'moment'));
CREATE INDEX case_of_moment ON moderation.case_file (target_id, created_at) WHERE kind = 'moment';

CREATE TABLE moderation.clip (
    clip_id     uuid PRIMARY KEY,
    case_id     uuid NOT NULL UNIQUE REFERENCES moderation.case_file,
    channel     text NOT NULL CHECK (channel IN ('qr', 'screen', 'speech')),
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    bytes       int NOT NULL CHECK (bytes > 0),
    duration_ms int NOT NULL CHECK (duration_ms >= 0),
    created_at  timestamptz NOT NULL
);
CREATE INDEX clip_at ON moderation.clip (created_at);

ALTER TABLE moderation.clip ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.clip FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.clip USING (people.is_platform());
GRANT SELECT, INSERT, DELETE ON moderation.clip TO jishi_app;

-- Whoever is forgotten is seen and heard in no clip any more: their cases lose their words, and with them the clip.
CREATE FUNCTION moderation.forget_clip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
BEGIN
    DELETE FROM clip WHERE case_id = NEW.case_id;
    RETURN NULL;
END $$;
CREATE TRIGGER clip_forgotten AFTER UPDATE OF text ON moderation.case_file FOR EACH ROW
WHEN (NEW.kind = 'moment' AND NEW.text = '' AND OLD.text <> '') EXECUTE FUNCTION moderation.forget_clip();
