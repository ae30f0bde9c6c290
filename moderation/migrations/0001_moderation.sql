-- What the filter decided, and what people took down. Rows are written by the platform alone; a person may read the verdicts on
-- their own words, as the law on automated decisions asks. Comments that were simply allowed leave no row.

CREATE SCHEMA moderation;

CREATE TABLE moderation.verdict (
    verdict_id   uuid PRIMARY KEY,
    room_id      uuid REFERENCES people.room,     -- NULL: not said in a room (a card or title being written)
    sender_id    uuid REFERENCES people.person,
    role         text NOT NULL CHECK (role IN ('viewer', 'host', 'card', 'title', 'screen', 'speech')),
    text         text NOT NULL CHECK (length(text) <= 5000),
    action       text NOT NULL CHECK (action IN ('allow', 'flag', 'mask', 'hold', 'block', 'ratelimit')),
    rules        jsonb NOT NULL,                  -- [{id, title, article, reason, action}], most severe first
    spans        jsonb NOT NULL,                  -- [[start, end, rule id]], code points of text
    score        real NOT NULL CHECK (score BETWEEN 0 AND 1),
    pack_version text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verdict_room ON moderation.verdict (room_id, created_at);
CREATE INDEX verdict_sender ON moderation.verdict (sender_id, created_at);

-- A comment taken down by a person; host deletions are logged like all others, so that bad reviews can't vanish unseen.
CREATE TABLE moderation.removal (
    removal_id   uuid PRIMARY KEY,
    room_id      uuid NOT NULL REFERENCES people.room,
    comment_id   text NOT NULL,
    comment_text text NOT NULL CHECK (length(comment_text) <= 5000),
    sender_id    uuid REFERENCES people.person,
    moderator_id uuid NOT NULL REFERENCES people.person,
    reason       text NOT NULL CHECK (length(reason) <= 500),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (room_id, comment_id)
);
CREATE INDEX removal_sender ON moderation.removal (sender_id, created_at);

ALTER TABLE moderation.verdict ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.verdict FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.verdict USING (people.is_platform());
CREATE POLICY own_verdicts ON moderation.verdict FOR SELECT USING (sender_id = people.current_person());

ALTER TABLE moderation.removal ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.removal FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.removal USING (people.is_platform());
CREATE POLICY own_removals ON moderation.removal FOR SELECT USING (sender_id = people.current_person());

GRANT USAGE ON SCHEMA moderation TO jishi_app;
-- Decisions are added and read; nothing rewrites them.
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA moderation TO jishi_app;
