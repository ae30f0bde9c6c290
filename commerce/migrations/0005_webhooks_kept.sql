-- Notifications of providers are known for a while, and no longer than they may come again. The application itself only
-- adds to them: this is how the clerk forgets.
CREATE INDEX webhook_inbox_age ON commerce.webhook_inbox (received_at);

CREATE FUNCTION commerce.forget_webhooks(before timestamptz, rows_max int) RETURNS int LANGUAGE plpgsql
SECURITY DEFINER SET search_path = commerce, pg_temp AS $$
DECLARE
    gone int;
BEGIN
    DELETE FROM webhook_inbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM webhook_inbox WHERE received_at < before LIMIT rows_max));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
