-- Where goods go: a buyer's address book, and the address of an order as it stood when it was chosen. What they say is
-- sealed by the application (commerce/sealing.py): here are only bytes, and whose they are.

CREATE TABLE commerce.address (
    address_id uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people.person,
    sealed     bytea NOT NULL CHECK (length(sealed) <= 4096),
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX address_of_person ON commerce.address (person_id, address_id);
CREATE UNIQUE INDEX address_default ON commerce.address (person_id) WHERE is_default;

CREATE TABLE commerce.order_address (
    order_id   uuid PRIMARY KEY REFERENCES commerce.purchase_order,
    org_id     uuid NOT NULL REFERENCES people.organisation,
    buyer_id   uuid NOT NULL REFERENCES people.person,
    sealed     bytea NOT NULL CHECK (length(sealed) <= 4096),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX order_address_of_buyer ON commerce.order_address (buyer_id);

ALTER TABLE commerce.address ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.address FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_platform ON commerce.address
    USING (people.is_platform() OR person_id = people.current_person());

-- The seller reads where to send what is paid for, and of no other order.
ALTER TABLE commerce.order_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.order_address FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.order_address USING (people.is_platform());
CREATE POLICY buyer_reads ON commerce.order_address FOR SELECT USING (buyer_id = people.current_person());
CREATE POLICY seller_reads_paid ON commerce.order_address FOR SELECT
    USING (people.is_member(org_id) AND EXISTS (
        SELECT FROM commerce.purchase_order o WHERE o.order_id = order_address.order_id AND o.state = 'paid'));

-- ---- Deleting an account ------------------------------------------------------------------------------------------------

-- Orders of this buyer in which money or goods are still promised: until they end, the account is needed.
CREATE FUNCTION commerce.orders_under_way(the_buyer uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM commerce.purchase_order o
    WHERE o.buyer_id = the_buyer AND (o.state IN ('awaiting_payment', 'closing') OR EXISTS (
        SELECT FROM commerce.payment p WHERE p.order_id = o.order_id AND p.state = 'refund_due'))
$$;

-- The same of a seller.
CREATE FUNCTION commerce.sales_under_way(the_org uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM commerce.purchase_order o
    WHERE o.org_id = the_org AND (o.state IN ('awaiting_payment', 'closing') OR EXISTS (
        SELECT FROM commerce.payment p WHERE p.order_id = o.order_id AND p.state = 'refund_due'))
$$;

-- Forget where a buyer lives and what the buyer was told. The orders stay, and say nothing of the person but a number.
CREATE FUNCTION commerce.forget_buyer(the_person uuid) RETURNS void LANGUAGE sql AS $$
    DELETE FROM commerce.address WHERE person_id = the_person;
    DELETE FROM commerce.order_address WHERE buyer_id = the_person;
    DELETE FROM commerce.outbox WHERE topic = 'person.' || the_person
        OR payload -> 'notice' -> 'facts' ->> 'host_id' = the_person::text;
$$;

-- Take everything that an organisation offers off the shelf and off the screens.
CREATE FUNCTION commerce.close_shop(the_org uuid, at timestamptz) RETURNS void LANGUAGE sql AS $$
    WITH gone AS (
        UPDATE commerce.card SET state = 'withdrawn', version = version + 1, updated_at = at
        WHERE org_id = the_org AND state = 'shown' RETURNING room_id, card_id, version)
    INSERT INTO commerce.outbox (topic, payload)
    SELECT 'room.' || room_id, jsonb_build_object('items',
        jsonb_agg(jsonb_build_array('card:' || card_id, version, NULL) ORDER BY card_id))
    FROM gone GROUP BY room_id;
    UPDATE commerce.product SET state = 'withdrawn' WHERE org_id = the_org AND state <> 'withdrawn';
    UPDATE commerce.job_post SET state = 'withdrawn' WHERE org_id = the_org AND state <> 'withdrawn';
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON commerce.address, commerce.order_address TO jishi_app;
