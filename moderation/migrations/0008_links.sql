-- Accounts that belong together: what each was seen with, as keyed hashes (moderation/links/identifiers.py); come-backs of closed
-- accounts that a moderator was told of; and leads that were handed out. An erased person leaves none of it.

CREATE TABLE moderation.sighting (
    person_id uuid NOT NULL REFERENCES people.person,
    kind      text NOT NULL CHECK (kind IN ('device', 'phone', 'address_phone', 'payee', 'bank_card', 'network')),
    digest    bytea NOT NULL CHECK (length(digest) = 32),
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (person_id, kind, digest)
);
CREATE INDEX sighting_digest ON moderation.sighting (digest, last_at);
CREATE INDEX sighting_last ON moderation.sighting (last_at);

-- An account that was found to be linked to a closed one, and the case in which somebody looks at that; once for each two.
CREATE TABLE moderation.comeback (
    person_id  uuid NOT NULL REFERENCES people.person,
    closed_id  uuid NOT NULL REFERENCES people.person,
    case_id    uuid NOT NULL REFERENCES moderation.case_file,
    path       jsonb NOT NULL,                             -- [{from_id, to_id, kind, strength, shared_by, last_at}]
    created_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, closed_id)
);
CREATE INDEX comeback_closed ON moderation.comeback (closed_id);

-- Leads about a closed account that were written to files; the audit log tells of each.
CREATE TABLE moderation.lead_export (
    export_id  uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people.person,
    sha256     text NOT NULL CHECK (length(sha256) = 64),  -- of the JSON file
    created_at timestamptz NOT NULL
);
CREATE INDEX lead_export_person ON moderation.lead_export (person_id);
CREATE TRIGGER audit AFTER INSERT ON moderation.lead_export FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('lead_export', 'export_id', 'person_id', 'person_id', '', '');

CREATE FUNCTION moderation.links_erased_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    DELETE FROM sighting WHERE person_id = NEW.person_id;
    DELETE FROM comeback WHERE person_id = NEW.person_id OR closed_id = NEW.person_id;
    UPDATE comeback SET path = '[]' WHERE path::text LIKE '%' || NEW.person_id || '%';
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN NULL;
END $$;
CREATE TRIGGER links_erasure AFTER UPDATE OF erased_at ON people.person
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION moderation.links_erased_person();

ALTER TABLE moderation.sighting ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.sighting FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.sighting USING (people.is_platform());

ALTER TABLE moderation.comeback ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.comeback FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.comeback USING (people.is_platform());

ALTER TABLE moderation.lead_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.lead_export FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.lead_export USING (people.is_platform());

GRANT SELECT, INSERT, DELETE ON moderation.sighting TO jishi_app;
GRANT UPDATE (last_at) ON moderation.sighting TO jishi_app;
GRANT SELECT, INSERT ON moderation.comeback, moderation.lead_export TO jishi_app;
