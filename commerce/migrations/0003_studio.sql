-- The host's studio: what a host means to show and in which order, a card that stands first, photos, and shows with their
-- counts.

-- Rows that are made below belong to many organisations.
SELECT set_config('jishi.platform', 'on', true);

-- ---- Line-up -------------------------------------------------------------------------------------------------------

-- What a room's host means to show, in order; a card of it stands where it stands here.
CREATE TABLE commerce.line_up_item (
    item_id    uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES people.organisation,
    room_id    uuid NOT NULL REFERENCES people.room,
    product_id uuid REFERENCES commerce.product,
    job_id     uuid REFERENCES commerce.job_post,
    position   int NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((product_id IS NULL) <> (job_id IS NULL)),
    UNIQUE (room_id, product_id),
    UNIQUE (room_id, job_id)
);
CREATE INDEX line_up_of_room ON commerce.line_up_item (room_id, position, item_id);
CREATE INDEX line_up_of_product ON commerce.line_up_item (product_id);

-- A pinned card stands before all others; a room has at most one.
ALTER TABLE commerce.card ADD COLUMN pinned boolean NOT NULL DEFAULT false;

INSERT INTO commerce.line_up_item (item_id, org_id, room_id, product_id, job_id, position, created_at)
SELECT gen_random_uuid(), org_id, room_id, product_id, job_id, position, created_at
FROM commerce.card WHERE state = 'shown' AND kind <> 'notice';

ALTER TABLE commerce.line_up_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.line_up_item FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.line_up_item USING (people.is_platform() OR people.is_member(org_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON commerce.line_up_item TO jishi_app;

-- Taken down by a moderator: its organisation can neither change it nor put it on sale again.
ALTER TABLE commerce.product ADD COLUMN removed_at timestamptz;

-- ---- Photos --------------------------------------------------------------------------------------------------------

-- Pictures of products, as WebP that this program has written itself. Anyone may look at one whose address they have.
CREATE TABLE commerce.photo (
    photo_id   uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people.person,
    sha256     bytea NOT NULL,
    width      int NOT NULL CHECK (width BETWEEN 1 AND 1200),
    height     int NOT NULL CHECK (height BETWEEN 1 AND 1200),
    webp       bytea NOT NULL CHECK (octet_length(webp) BETWEEN 1 AND 1000000),
    created_at timestamptz NOT NULL,
    -- The same picture from the same person is kept once.
    UNIQUE (person_id, sha256)
);
-- It is compressed already.
ALTER TABLE commerce.photo ALTER COLUMN webp SET STORAGE EXTERNAL;
CREATE INDEX photo_of_person ON commerce.photo (person_id, created_at);

ALTER TABLE commerce.photo ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.photo FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.photo USING (people.is_platform());
CREATE POLICY anyone_reads ON commerce.photo FOR SELECT USING (true);
CREATE POLICY own_adds ON commerce.photo FOR INSERT WITH CHECK (person_id = people.current_person());
GRANT SELECT, INSERT, DELETE ON commerce.photo TO jishi_app;

-- ---- Shows ---------------------------------------------------------------------------------------------------------

-- One time on air, from its first picture until its host ends it or has been silent for long. Orders and applications are
-- counted from their own tables when somebody asks.
CREATE TABLE commerce.show (
    show_id    uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES people.organisation,
    room_id    uuid NOT NULL REFERENCES people.room,
    started_at timestamptz NOT NULL,
    -- The last moment that it was known to be on air.
    seen_at    timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   uuid REFERENCES people.person,   -- NULL: silence ended it
    CHECK (seen_at >= started_at),
    CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX show_running ON commerce.show (room_id) WHERE ended_at IS NULL;
CREATE INDEX show_of_room ON commerce.show (room_id, started_at DESC, show_id);
CREATE INDEX show_silent ON commerce.show (seen_at) WHERE ended_at IS NULL;

-- What happened in a show while one owner had the room: the owner writes its own totals every few seconds, so that writing
-- them twice changes nothing, and a new owner begins a row of its own.
CREATE TABLE commerce.show_count (
    show_id       uuid NOT NULL REFERENCES commerce.show,
    epoch         text NOT NULL CHECK (length(epoch) BETWEEN 1 AND 64),
    org_id        uuid NOT NULL,
    viewers_peak  int NOT NULL CHECK (viewers_peak >= 0),
    comments      bigint NOT NULL CHECK (comments >= 0),
    likes         bigint NOT NULL CHECK (likes >= 0),
    lines_held    bigint NOT NULL CHECK (lines_held >= 0),
    lines_removed bigint NOT NULL CHECK (lines_removed >= 0),
    PRIMARY KEY (show_id, epoch)
);

-- Keep the books of a room that is on air: the show that runs goes on, one that was silent for `silence` is over, and where
-- none runs a new one begins with this publisher. NULL: this publisher's show was ended by its host.
CREATE FUNCTION commerce.keep_show(the_room uuid, new_show uuid, on_air_since timestamptz, at timestamptz, silence interval)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    running uuid;
BEGIN
    UPDATE commerce.show SET ended_at = seen_at
    WHERE room_id = the_room AND ended_at IS NULL AND seen_at < at - silence;
    UPDATE commerce.show SET seen_at = greatest(seen_at, at)
    WHERE room_id = the_room AND ended_at IS NULL RETURNING show_id INTO running;
    IF running IS NOT NULL THEN
        RETURN running;
    END IF;
    INSERT INTO commerce.show (show_id, org_id, room_id, started_at, seen_at)
    SELECT new_show, r.org_id, r.room_id, on_air_since, greatest(at, on_air_since) FROM people.room r
    WHERE r.room_id = the_room
      AND NOT EXISTS (SELECT FROM commerce.show s WHERE s.room_id = the_room AND s.ended_at > on_air_since
                      AND s.ended_by IS NOT NULL)
    ON CONFLICT (room_id) WHERE ended_at IS NULL DO NOTHING;
    IF FOUND THEN
        UPDATE people.room SET last_on_air_at = at WHERE room_id = the_room;
    END IF;
    RETURN (SELECT show_id FROM commerce.show WHERE room_id = the_room AND ended_at IS NULL);
END $$;

ALTER TABLE commerce.show ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.show FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.show USING (people.is_platform());
CREATE POLICY tenant_reads ON commerce.show FOR SELECT USING (people.is_member(org_id));
CREATE POLICY tenant_changes ON commerce.show FOR UPDATE USING (people.is_member(org_id));
ALTER TABLE commerce.show_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.show_count FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.show_count USING (people.is_platform());
CREATE POLICY tenant_reads ON commerce.show_count FOR SELECT USING (people.is_member(org_id));
GRANT SELECT, INSERT, UPDATE ON commerce.show, commerce.show_count TO jishi_app;

-- A room's orders, newest first, and those of one show.
CREATE INDEX purchase_order_room ON commerce.purchase_order (room_id, created_at DESC, order_id DESC);
