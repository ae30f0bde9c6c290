-- The audit log tells of appeals, their answers, what a second moderator said and second looks too; and the words of decisions
-- may go when they are as old as the operator keeps them (never before three years), while what was decided stays provable.

CREATE TRIGGER audit AFTER INSERT ON moderation.appeal FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('appeal', 'appeal_id', 'person_id', 'person_id,words', '', '');
CREATE TRIGGER audit AFTER INSERT ON moderation.appeal_answer FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('appeal_answer', 'appeal_id', '', '', 'actor_id', 'actor_id,reason');
CREATE TRIGGER audit AFTER INSERT ON moderation.second FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('second', 'action_id', '', '', 'actor_id', 'actor_id,reason');
CREATE TRIGGER audit AFTER INSERT ON moderation.second_look FOR EACH ROW
    EXECUTE FUNCTION moderation.audit_row('second_look', 'action_id', '', '', 'actor_id', 'actor_id,reason');

SELECT set_config('jishi.platform', 'on', true), set_config('timezone', 'UTC', true);
SELECT count(moderation.audit_append('appeal', t.appeal_id, to_jsonb(t), 'person_id', '{person_id,words}', '', '{}'))
FROM (SELECT * FROM moderation.appeal ORDER BY created_at) t;
SELECT count(moderation.audit_append(
    'appeal_answer', t.appeal_id, to_jsonb(t), '', '{}', 'actor_id', '{actor_id,reason}'))
FROM (SELECT * FROM moderation.appeal_answer ORDER BY created_at) t;
SELECT count(moderation.audit_append('second', t.action_id, to_jsonb(t), '', '{}', 'actor_id', '{actor_id,reason}'))
FROM (SELECT * FROM moderation.second ORDER BY created_at) t;
SELECT count(moderation.audit_append('second_look', t.action_id, to_jsonb(t), '', '{}', 'actor_id', '{actor_id,reason}'))
FROM (SELECT * FROM moderation.second_look ORDER BY created_at) t;

-- Take the words of decisions, and the salts of what the log says of them, that are older than a moment; how many rows of the log.
-- The log says that it was done, as of an erasure. Rows, places, heads and proofs stay.
CREATE FUNCTION moderation.audit_expire(before timestamptz, rows_max int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = moderation, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    was_platform text := coalesce(current_setting('jishi.platform', true), '');
    old bigint[];
    expiry uuid := gen_random_uuid();
    number bigint;
    taken record;
    the_body text;
BEGIN
    IF before > now() - interval '3 years' THEN
        RAISE EXCEPTION 'decisions are kept for three years at least' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jishi.platform', 'on', true);
    old := ARRAY(
        SELECT e.entry_no FROM audit_entry e
        WHERE e.created_at < before AND e.leaf_index IS NOT NULL AND e.source NOT IN ('erasure', 'expiry')
            AND (e.subject_salt IS NOT NULL OR e.actor_salt IS NOT NULL)
        ORDER BY e.entry_no LIMIT rows_max);
    IF cardinality(old) = 0 THEN
        PERFORM set_config('jishi.platform', was_platform, true);
        RETURN 0;
    END IF;
    UPDATE verdict v SET text = '', spans = '[]' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'verdict' AND v.verdict_id = e.row_id;
    UPDATE action a SET text = '', reason = '', facts = '{}' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'action' AND a.action_id = e.row_id;
    UPDATE report r SET note = '' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'report' AND r.report_id = e.row_id;
    UPDATE appeal p SET words = '' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'appeal' AND p.appeal_id = e.row_id;
    UPDATE appeal_answer p SET reason = '' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'appeal_answer' AND p.appeal_id = e.row_id;
    UPDATE second s SET reason = '' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'second' AND s.action_id = e.row_id;
    UPDATE second_look s SET reason = '' FROM audit_entry e
    WHERE e.entry_no = ANY (old) AND e.source = 'second_look' AND s.action_id = e.row_id;
    number := audit_append('expiry', expiry, '{}', '', '{}', '', '{}');
    UPDATE audit_entry SET
        subject_erased_by = CASE WHEN subject_salt IS NOT NULL THEN number ELSE subject_erased_by END,
        actor_erased_by = CASE WHEN actor_salt IS NOT NULL THEN number ELSE actor_erased_by END,
        subject_salt = NULL, actor_salt = NULL, subject_id = NULL, actor_id = NULL
    WHERE entry_no = ANY (old);
    SELECT * INTO taken FROM audit_erased(number);
    the_body := jsonb_build_object(
        'v', 1, 'source', 'expiry', 'row', expiry, 'sealed', '{"actor": {}, "subject": {}}'::jsonb,
        'fields', jsonb_build_object('before', before, 'salts', taken.salts, 'sha256', taken.sha256))::text;
    UPDATE audit_entry SET body = the_body, leaf_hash = sha256('\x00'::bytea || convert_to(the_body, 'UTF8'))
    WHERE entry_no = number;
    PERFORM set_config('jishi.platform', was_platform, true);
    RETURN cardinality(old);
END $$;
