-- The audit log: what was decided, by the filter and by people, as leaves of a Merkle tree (RFC 6962) whose heads are signed.
--
-- A row of the log is written by a trigger in the transaction of what it tells, and takes no lock, so that decisions don't
-- wait for each other. Its place in the tree is given later, by one sequencer over all nodes (moderation.sequence_audit), to
-- rows that have committed: so places have no gaps. Its body is what is hashed. It holds in the clear what names nobody, and
-- of the rest (words, ids of people, reasons) a commitment each: SHA-256 over a random salt, the field's name, a zero byte
-- and the value as jsonb writes it. The salts stand beside the body. When a person is erased their salts go: the tree and all
-- proofs stand, and nobody can say any more what was committed to. Each erasure is a row of the log itself.

CREATE TABLE moderation.audit_entry (
    entry_no          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source            text NOT NULL CHECK (length(source) BETWEEN 1 AND 32),  -- verdict, action, report, erasure, …
    row_id            uuid NOT NULL,                       -- of the row that it tells
    body              text NOT NULL,                       -- jsonb's text, made once: {v, source, row, fields, sealed}
    subject_id        uuid,                                -- whom it is about, until they are erased
    actor_id          uuid,                                -- who did it, the same
    subject_salt      bytea CHECK (length(subject_salt) = 32),
    actor_salt        bytea CHECK (length(actor_salt) = 32),
    subject_erased_by bigint,                              -- the log's entry of the erasure that took the salt
    actor_erased_by   bigint,
    created_at        timestamptz NOT NULL DEFAULT now(),
    leaf_index        bigint UNIQUE CHECK (leaf_index >= 0),  -- NULL: waits for its place
    leaf_hash         bytea NOT NULL CHECK (length(leaf_hash) = 32)
);
CREATE INDEX audit_of_row ON moderation.audit_entry (row_id, entry_no);
CREATE INDEX audit_waiting ON moderation.audit_entry (entry_no) WHERE leaf_index IS NULL;
CREATE INDEX audit_subject ON moderation.audit_entry (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_actor ON moderation.audit_entry (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_subject_erased ON moderation.audit_entry (subject_erased_by) WHERE subject_erased_by IS NOT NULL;
CREATE INDEX audit_actor_erased ON moderation.audit_entry (actor_erased_by) WHERE actor_erased_by IS NOT NULL;

-- Each signed head, with the hashes of the leaves that it added: by them an edited row is named, not only noticed.
CREATE TABLE moderation.audit_head (
    tree_size  bigint PRIMARY KEY CHECK (tree_size > 0),
    root       bytea NOT NULL CHECK (length(root) = 32),
    signed_ms  bigint NOT NULL,                            -- Unix time
    key_id     text NOT NULL,
    signature  bytea NOT NULL,                             -- Ed25519 over RFC 6962's TreeHeadSignature
    leaves     bytea NOT NULL,                             -- hashes since the head before, one after another
    frontier   bytea NOT NULL                              -- what signing the next takes
);

-- ---- Writing -------------------------------------------------------------------------------------------------------

-- Commitments to some fields of a row, by name.
CREATE FUNCTION moderation.audit_seal(the_row jsonb, names text[], salt bytea) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(name, encode(sha256(
        salt || convert_to(name, 'UTF8') || '\x00'::bytea || convert_to((the_row -> name)::text, 'UTF8')), 'hex')), '{}')
    FROM unnest(names) name WHERE the_row ? name
$$;

-- Add a row. `subject_fields` are sealed for the person in `subject_column`, `actor_fields` for that in `actor_column`; all
-- others are written in the clear.
CREATE FUNCTION moderation.audit_append(
    the_source text, the_id uuid, the_row jsonb, subject_column text, subject_fields text[], actor_column text,
    actor_fields text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    salts bytea[] := ARRAY[
        uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),  -- 244 random bits
        uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())];
    the_body text;
    number bigint;
BEGIN
    the_body := jsonb_build_object(
        'v', 1, 'source', the_source, 'row', the_id,
        'fields', the_row - subject_fields - actor_fields,
        'sealed', jsonb_build_object(
            'subject', audit_seal(the_row, subject_fields, salts[1]), 'actor', audit_seal(the_row, actor_fields, salts[2]))
    )::text;
    PERFORM set_config('jishi.platform', 'on', true);
    INSERT INTO audit_entry (source, row_id, body, subject_id, actor_id, subject_salt, actor_salt, leaf_hash)
    VALUES (the_source, the_id, the_body, (the_row ->> subject_column)::uuid, (the_row ->> actor_column)::uuid,
            salts[1], salts[2], sha256('\x00'::bytea || convert_to(the_body, 'UTF8')))
    RETURNING entry_no INTO number;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN number;
END $$;
REVOKE EXECUTE ON FUNCTION moderation.audit_append FROM PUBLIC;

-- For a table whose rows are told: source, key column, subject's column, their fields, actor's column, theirs (commas between).
CREATE FUNCTION moderation.audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp SET timezone = 'UTC' SET extra_float_digits = 1 AS $$
DECLARE
    the_row jsonb := to_jsonb(NEW);
BEGIN
    PERFORM audit_append(
        TG_ARGV[0], (the_row ->> TG_ARGV[1])::uuid, the_row, TG_ARGV[2], string_to_array(TG_ARGV[3], ','), TG_ARGV[4],
        string_to_array(TG_ARGV[5], ','));
    RETURN NULL;
END $$;

-- What was decided before there was an audit log goes into it, as it stands now.
SELECT set_config('jishi.platform', 'on', true), set_config('timezone', 'UTC', true);
SELECT count(moderation.audit_append(
    'verdict', v.verdict_id, to_jsonb(v), 'sender_id', '{sender_id,text,spans}', '', '{}'))
FROM (SELECT * FROM moderation.verdict WHERE action IN ('mask', 'hold', 'block', 'ratelimit') ORDER BY created_at) v;
SELECT count(moderation.audit_append(
    'report', r.report_id, to_jsonb(r), '', '{}', 'reporter_id', '{reporter_id,note}'))
FROM (SELECT * FROM moderation.report ORDER BY created_at) r;
SELECT count(moderation.audit_append(
    'action', a.action_id, to_jsonb(a), 'subject_id', '{subject_id,text,reason,facts}', 'actor_id', '{actor_id}'))
FROM (SELECT * FROM moderation.action ORDER BY created_at) a;

CREATE TRIGGER audit AFTER INSERT ON moderation.verdict
    FOR EACH ROW WHEN (NEW.action IN ('mask', 'hold', 'block', 'ratelimit'))
    EXECUTE FUNCTION moderation.audit_row('verdict', 'verdict_id', 'sender_id', 'sender_id,text,spans', '', '');
CREATE TRIGGER audit AFTER INSERT ON moderation.action FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row(
        'action', 'action_id', 'subject_id', 'subject_id,text,reason,facts', 'actor_id', 'actor_id');
CREATE TRIGGER audit AFTER INSERT ON moderation.report FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('report', 'report_id', '', '', 'reporter_id', 'reporter_id,note');

-- ---- Sequencing ----------------------------------------------------------------------------------------------------

-- Give rows that have committed the next places in the tree; how many.
CREATE FUNCTION moderation.sequence_audit(rows_max int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    next_index bigint;
    placed int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('moderation.audit', 7));
    PERFORM set_config('jishi.platform', 'on', true);
    SELECT coalesce(max(leaf_index) + 1, 0) INTO next_index FROM audit_entry;
    WITH waiting AS (
        SELECT w.entry_no, row_number() OVER (ORDER BY w.entry_no) - 1 AS place
        FROM (SELECT entry_no FROM audit_entry WHERE leaf_index IS NULL ORDER BY entry_no LIMIT rows_max) w)
    UPDATE audit_entry e SET leaf_index = next_index + waiting.place FROM waiting WHERE waiting.entry_no = e.entry_no;
    GET DIAGNOSTICS placed = ROW_COUNT;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN placed;
END $$;

-- ---- Forgetting a person -------------------------------------------------------------------------------------------

-- What an erasure took: which salts of which rows, in order. The log keeps how many these were, and their hash.
CREATE FUNCTION moderation.audit_erased(the_entry bigint, OUT salts bigint, OUT sha256 text)
LANGUAGE sql STABLE SET search_path = moderation, pg_temp AS $$
    SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(taken, ',' ORDER BY taken COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM (SELECT 'subject ' || entry_no AS taken FROM audit_entry WHERE subject_erased_by = the_entry
          UNION ALL SELECT 'actor ' || entry_no FROM audit_entry WHERE actor_erased_by = the_entry) t
$$;

-- Take the salts of all that the log says of a person, and say in the log that this was done.
CREATE FUNCTION moderation.audit_forget(the_person uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    erasure uuid := gen_random_uuid();
    number bigint;
    erased record;
    the_body text;
BEGIN
    PERFORM set_config('jishi.platform', 'on', true);
    number := audit_append('erasure', erasure, '{}', '', '{}', '', '{}');
    UPDATE audit_entry SET subject_id = NULL, subject_salt = NULL, subject_erased_by = number WHERE subject_id = the_person;
    UPDATE audit_entry SET actor_id = NULL, actor_salt = NULL, actor_erased_by = number WHERE actor_id = the_person;
    SELECT * INTO erased FROM audit_erased(number);
    the_body := jsonb_build_object(
        'v', 1, 'source', 'erasure', 'row', erasure, 'sealed', '{"actor": {}, "subject": {}}'::jsonb,
        'fields', jsonb_build_object('erased_at', now(), 'salts', erased.salts, 'sha256', erased.sha256))::text;
    UPDATE audit_entry SET body = the_body, leaf_hash = sha256('\x00'::bytea || convert_to(the_body, 'UTF8'))
    WHERE entry_no = number;
    PERFORM set_config('jishi.platform', was_platform, true);
END $$;
REVOKE EXECUTE ON FUNCTION moderation.audit_forget FROM PUBLIC;

-- Whoever is forgotten is forgotten by the audit log too. Later versions of moderation.forget_person need not know of it.
CREATE FUNCTION moderation.audit_erased_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp AS $$
BEGIN
    PERFORM audit_forget(NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_erasure AFTER UPDATE OF erased_at ON people.person
    FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION moderation.audit_erased_person();

-- ---- Who sees what -------------------------------------------------------------------------------------------------

ALTER TABLE moderation.audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.audit_entry USING (people.is_platform());

ALTER TABLE moderation.audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE moderation.audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON moderation.audit_head USING (people.is_platform());

-- The application adds to the log by what it does, and never changes it.
GRANT SELECT ON moderation.audit_entry TO jishi_app;
GRANT SELECT, INSERT ON moderation.audit_head TO jishi_app;
