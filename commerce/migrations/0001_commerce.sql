-- Catalogue, cards, stock, orders, payments and the outbox. The states written here are those of commerce/order/states.py, and
-- a test holds the two together. Lock order, everywhere: purchase_order, payment, reservation, stock. Checkout takes the
-- stock row first and then only makes rows that nobody else can hold yet.

CREATE SCHEMA commerce;
GRANT USAGE ON SCHEMA commerce TO jishi_app;

-- ---- Catalogue -----------------------------------------------------------------------------------------------------

CREATE TABLE commerce.product (
    product_id  uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES people.organisation,
    title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    origin      text NOT NULL DEFAULT '' CHECK (length(origin) <= 60),
    promise     text NOT NULL DEFAULT '' CHECK (length(promise) <= 120),
    image_url   text CHECK (length(image_url) <= 500),
    state       text NOT NULL DEFAULT 'on_sale' CHECK (state IN ('draft', 'on_sale', 'withdrawn')),
    created_at  timestamptz NOT NULL
);
CREATE INDEX product_org ON commerce.product (org_id);

CREATE TABLE commerce.sku (
    sku_id        uuid PRIMARY KEY,
    org_id        uuid NOT NULL REFERENCES people.organisation,
    product_id    uuid NOT NULL REFERENCES commerce.product,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    price_minor   bigint NOT NULL CHECK (price_minor > 0),
    currency      char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    price_version int NOT NULL DEFAULT 1 CHECK (price_version > 0),
    state         text NOT NULL DEFAULT 'on_sale' CHECK (state IN ('draft', 'on_sale', 'withdrawn')),
    created_at    timestamptz NOT NULL
);
CREATE INDEX sku_product ON commerce.sku (product_id);
CREATE INDEX sku_org ON commerce.sku (org_id);

-- A counter row for each SKU: what is here, how much of it is promised to open orders, and what has left. The database
-- itself refuses to promise more than is here. Room is left in its page so that an update stays beside its old version.
CREATE TABLE commerce.stock (
    sku_id   uuid PRIMARY KEY REFERENCES commerce.sku,
    org_id   uuid NOT NULL REFERENCES people.organisation,
    on_hand  int NOT NULL CHECK (on_hand >= 0),
    reserved int NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    sold     int NOT NULL DEFAULT 0 CHECK (sold >= 0),
    version  bigint NOT NULL DEFAULT 1,
    CONSTRAINT stock_never_oversold CHECK (reserved <= on_hand)
) WITH (fillfactor = 20);

CREATE TABLE commerce.job_post (
    job_id        uuid PRIMARY KEY,
    org_id        uuid NOT NULL REFERENCES people.organisation,
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    employer      text NOT NULL CHECK (length(employer) BETWEEN 1 AND 64),
    place         text NOT NULL CHECK (length(place) BETWEEN 1 AND 60),
    pay_min_minor bigint NOT NULL CHECK (pay_min_minor > 0),
    pay_max_minor bigint NOT NULL,
    currency      char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    pay_unit      text NOT NULL CHECK (pay_unit IN ('month', 'day', 'hour', 'piece')),
    headcount     int NOT NULL CHECK (headcount > 0),
    employment    text NOT NULL CHECK (length(employment) <= 30),
    shift         text NOT NULL DEFAULT '' CHECK (length(shift) <= 60),
    benefits      text[] NOT NULL DEFAULT '{}',
    requirements  text[] NOT NULL DEFAULT '{}',
    valid_until   timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('draft', 'open', 'withdrawn')),
    created_at    timestamptz NOT NULL,
    CHECK (pay_max_minor >= pay_min_minor)
);
CREATE INDEX job_post_org ON commerce.job_post (org_id);

-- What is on screen in a room. Its version rises with everything a viewer sees on it, prices included.
CREATE TABLE commerce.card (
    card_id    uuid PRIMARY KEY,
    org_id     uuid NOT NULL REFERENCES people.organisation,
    room_id    uuid NOT NULL REFERENCES people.room,
    kind       text NOT NULL CHECK (kind IN ('product', 'job', 'notice')),
    product_id uuid REFERENCES commerce.product,
    job_id     uuid REFERENCES commerce.job_post,
    title      text CHECK (length(title) BETWEEN 1 AND 60),     -- a notice's own words
    subtitle   text CHECK (length(subtitle) <= 120),
    position   int NOT NULL,
    explaining boolean NOT NULL DEFAULT false,
    state      text NOT NULL DEFAULT 'shown' CHECK (state IN ('shown', 'withdrawn')),
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((kind = 'product') = (product_id IS NOT NULL)),
    CHECK ((kind = 'job') = (job_id IS NOT NULL)),
    CHECK ((kind = 'notice') = (title IS NOT NULL))
);
-- A thing is on screen once in a room.
CREATE UNIQUE INDEX card_shown_product ON commerce.card (room_id, product_id) WHERE state = 'shown';
CREATE UNIQUE INDEX card_shown_job ON commerce.card (room_id, job_id) WHERE state = 'shown';
CREATE INDEX card_of_room ON commerce.card (room_id, position, card_id) WHERE state = 'shown';
CREATE INDEX card_of_product ON commerce.card (product_id, card_id) WHERE state = 'shown';

-- ---- Orders and payments -------------------------------------------------------------------------------------------

CREATE TABLE commerce.purchase_order (
    order_id         uuid PRIMARY KEY,
    org_id           uuid NOT NULL,
    buyer_id         uuid NOT NULL REFERENCES people.person,
    room_id          uuid NOT NULL REFERENCES people.room,
    card_id          uuid,
    sku_id           uuid NOT NULL REFERENCES commerce.sku,
    -- What was bought, as it stood: never joined live.
    product_title    text NOT NULL,
    sku_name         text NOT NULL,
    quantity         int NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    unit_price_minor bigint NOT NULL CHECK (unit_price_minor > 0),
    total_minor      bigint NOT NULL CHECK (total_minor = unit_price_minor * quantity),
    currency         char(3) NOT NULL,
    price_version    int NOT NULL,
    state            text NOT NULL CHECK (state IN
                         ('awaiting_payment', 'closing', 'paid', 'expired', 'cancelled')),
    -- Where a closing order goes once the provider has closed its payment.
    closing_to       text CHECK (closing_to IN ('expired', 'cancelled')),
    idempotency_key  text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_hash     bytea NOT NULL,
    -- Rises with every change of the order or of its payments: the version of what the buyer sees.
    version          int NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    UNIQUE (buyer_id, idempotency_key)
);
CREATE INDEX purchase_order_buyer ON commerce.purchase_order (buyer_id, order_id);
CREATE INDEX purchase_order_org ON commerce.purchase_order (org_id, order_id);
CREATE INDEX purchase_order_closing ON commerce.purchase_order (updated_at) WHERE state = 'closing';

CREATE TABLE commerce.reservation (
    order_id   uuid PRIMARY KEY REFERENCES commerce.purchase_order,
    org_id     uuid NOT NULL,
    buyer_id   uuid NOT NULL,
    sku_id     uuid NOT NULL,
    quantity   int NOT NULL CHECK (quantity > 0),
    state      text NOT NULL CHECK (state IN ('held', 'posted', 'voided', 'expired')),
    expires_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX reservation_due ON commerce.reservation (expires_at) WHERE state = 'held';

CREATE TABLE commerce.payment (
    payment_id     uuid PRIMARY KEY,          -- also the provider's idempotency key and its reference to us
    order_id       uuid NOT NULL REFERENCES commerce.purchase_order,
    org_id         uuid NOT NULL,
    buyer_id       uuid NOT NULL,
    provider       text NOT NULL,
    provider_ref   text,
    amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
    currency       char(3) NOT NULL,
    -- What the provider says it took, which a mismatch makes another amount.
    captured_minor bigint,
    captured_currency text,
    state          text NOT NULL CHECK (state IN
                       ('created', 'pending', 'captured', 'failed', 'closed', 'refund_due', 'refunded')),
    version        int NOT NULL DEFAULT 1,
    checks         int NOT NULL DEFAULT 0,    -- how often the provider was asked since the last change
    next_check_at  timestamptz,               -- when to ask the provider again; NULL: no more
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
-- At most one payment of an order is under way, and at most one has its money.
CREATE UNIQUE INDEX payment_under_way ON commerce.payment (order_id) WHERE state IN ('created', 'pending');
CREATE UNIQUE INDEX payment_captured ON commerce.payment (order_id) WHERE state = 'captured';
CREATE INDEX payment_order ON commerce.payment (order_id, created_at);
CREATE INDEX payment_to_check ON commerce.payment (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE commerce.order_event (
    order_id uuid NOT NULL REFERENCES commerce.purchase_order,
    version  int NOT NULL,
    org_id   uuid NOT NULL,
    buyer_id uuid NOT NULL,
    event    text NOT NULL,
    state    text NOT NULL,
    facts    jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL,
    PRIMARY KEY (order_id, version)
);

CREATE TABLE commerce.payment_event (
    payment_id uuid NOT NULL REFERENCES commerce.payment,
    version    int NOT NULL,
    org_id     uuid NOT NULL,
    buyer_id   uuid NOT NULL,
    event      text NOT NULL,
    state      text NOT NULL,
    facts      jsonb NOT NULL DEFAULT '{}',
    at         timestamptz NOT NULL,
    PRIMARY KEY (payment_id, version)
);

-- Every notification of a provider, once; its row commits with what it changed.
CREATE TABLE commerce.webhook_inbox (
    provider    text NOT NULL,
    event_id    text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider, event_id)
);

-- What the rest of the system must hear of, written with the change itself. Readers take only rows of transactions older
-- than every one still running, so that a number given out early and committed late is not skipped.
CREATE TABLE commerce.outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    topic      text NOT NULL,
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz
);
CREATE INDEX outbox_waiting ON commerce.outbox (id) WHERE done_at IS NULL;

-- ---- What the buyer sees -------------------------------------------------------------------------------------------

CREATE VIEW commerce.order_view WITH (security_invoker = true) AS
SELECT o.order_id, o.state,
       (SELECT p.state FROM commerce.payment p WHERE p.order_id = o.order_id
        ORDER BY p.created_at DESC, p.payment_id DESC LIMIT 1) AS payment_state,
       (SELECT r.slug FROM people.room r WHERE r.room_id = o.room_id) AS room_slug,
       o.product_title, o.sku_name, o.sku_id, o.quantity, o.unit_price_minor, o.total_minor, o.currency,
       o.created_at, o.expires_at, o.version, o.buyer_id
FROM commerce.purchase_order o;

-- Tell the buyer how the order now stands.
CREATE FUNCTION commerce.announce_order(the_order uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO commerce.outbox (topic, payload)
    SELECT 'person.' || v.buyer_id, to_jsonb(v) - 'buyer_id' FROM commerce.order_view v WHERE v.order_id = the_order
$$;

-- Tell every room that shows the SKU's product how its stock now stands.
CREATE FUNCTION commerce.announce_stock(the_sku uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO commerce.outbox (topic, payload)
    SELECT 'room.' || c.room_id,
           jsonb_build_object('items', jsonb_build_array(jsonb_build_array('stock:' || s.sku_id, s.version,
               jsonb_build_object('sku_id', s.sku_id, 'available', s.on_hand - s.reserved, 'sold', s.sold))))
    FROM commerce.stock s JOIN commerce.sku k USING (sku_id)
    JOIN commerce.card c ON c.product_id = k.product_id AND c.state = 'shown'
    WHERE s.sku_id = the_sku
$$;

-- Move counters of one SKU and tell the rooms, or do nothing and answer false where there is not enough.
CREATE FUNCTION commerce.change_stock(the_sku uuid, on_hand_delta int, reserved_delta int, sold_delta int)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE commerce.stock SET on_hand = on_hand + on_hand_delta, reserved = reserved + reserved_delta,
                              sold = sold + sold_delta, version = version + 1
    WHERE sku_id = the_sku AND reserved + reserved_delta >= 0
      AND on_hand + on_hand_delta >= reserved + reserved_delta;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM commerce.announce_stock(the_sku);
    RETURN true;
END $$;

-- ---- Checkout ------------------------------------------------------------------------------------------------------

-- Place the orders of several buyers for one SKU in one transaction, each granted or refused by itself, in the order
-- given. The SKU's stock row is locked once for all of them. No two may share buyer and key. `code` is NULL for a new
-- order, `again` for one that this key had made before, else why it was refused.
CREATE FUNCTION commerce.place_orders(
    the_sku uuid, the_provider text, at timestamptz, expires timestamptz,
    order_ids uuid[], payment_ids uuid[], buyer_ids uuid[], keys text[], hashes bytea[],
    room_ids uuid[], card_ids uuid[], quantities int[], prices_minor bigint[])
RETURNS TABLE (place int, code text, facts jsonb, the_order jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    offer record;
    request record;
    available int;
    taken int := 0;
    granted int[] := '{}';
    found_orders uuid[] := order_ids;
    codes text[] := array_fill(NULL::text, ARRAY[cardinality(order_ids)]);
BEGIN
    SELECT s.on_hand - s.reserved INTO available FROM commerce.stock s WHERE s.sku_id = the_sku FOR UPDATE;
    SELECT k.org_id, k.product_id, k.name, k.price_minor, k.currency, k.price_version, p.title,
           k.state = 'on_sale' AND p.state = 'on_sale' AS on_sale
    INTO offer FROM commerce.sku k JOIN commerce.product p USING (product_id) WHERE k.sku_id = the_sku;

    FOR request IN
        SELECT q.n::int AS n, q.hash, q.quantity, q.price_minor, e.order_id AS existing, e.request_hash,
               EXISTS (SELECT FROM commerce.card c WHERE c.room_id = q.room_id AND c.product_id = offer.product_id
                       AND c.state = 'shown' AND (q.card_id IS NULL OR c.card_id = q.card_id)) AS offered
        FROM unnest(buyer_ids, keys, hashes, room_ids, card_ids, quantities, prices_minor) WITH ORDINALITY
             AS q (buyer_id, key, hash, room_id, card_id, quantity, price_minor, n)
        LEFT JOIN commerce.purchase_order e ON e.buyer_id = q.buyer_id AND e.idempotency_key = q.key
        ORDER BY q.n
    LOOP
        IF request.existing IS NOT NULL THEN
            codes[request.n] := CASE WHEN request.request_hash = request.hash THEN 'again'
                                     ELSE 'idempotency_mismatch' END;
            found_orders[request.n] := request.existing;
        ELSIF available IS NULL OR NOT offer.on_sale OR NOT request.offered THEN
            codes[request.n] := 'not_on_sale';
        ELSIF request.price_minor <> offer.price_minor THEN
            codes[request.n] := 'price_changed';
        ELSIF request.quantity > available - taken THEN
            codes[request.n] := 'sold_out';
        ELSE
            taken := taken + request.quantity;
            granted := granted || request.n;
        END IF;
    END LOOP;

    IF taken > 0 THEN
        INSERT INTO commerce.purchase_order
            (order_id, org_id, buyer_id, room_id, card_id, sku_id, product_title, sku_name, quantity, unit_price_minor,
             total_minor, currency, price_version, state, idempotency_key, request_hash, created_at, updated_at, expires_at)
        SELECT order_ids[n], offer.org_id, buyer_ids[n], room_ids[n], card_ids[n], the_sku, offer.title, offer.name,
               quantities[n], offer.price_minor, offer.price_minor * quantities[n], offer.currency, offer.price_version,
               'awaiting_payment', keys[n], hashes[n], at, at, expires
        FROM unnest(granted) AS n ORDER BY buyer_ids[n], keys[n];
        INSERT INTO commerce.reservation (order_id, org_id, buyer_id, sku_id, quantity, state, expires_at, updated_at)
        SELECT order_ids[n], offer.org_id, buyer_ids[n], the_sku, quantities[n], 'held', expires, at
        FROM unnest(granted) AS n;
        INSERT INTO commerce.payment
            (payment_id, order_id, org_id, buyer_id, provider, amount_minor, currency, state, created_at, updated_at)
        SELECT payment_ids[n], order_ids[n], offer.org_id, buyer_ids[n], the_provider,
               offer.price_minor * quantities[n], offer.currency, 'created', at, at
        FROM unnest(granted) AS n;
        INSERT INTO commerce.order_event (order_id, version, org_id, buyer_id, event, state, at)
        SELECT order_ids[n], 1, offer.org_id, buyer_ids[n], 'placed', 'awaiting_payment', at FROM unnest(granted) AS n;
        INSERT INTO commerce.payment_event (payment_id, version, org_id, buyer_id, event, state, at)
        SELECT payment_ids[n], 1, offer.org_id, buyer_ids[n], 'created', 'created', at FROM unnest(granted) AS n;
        INSERT INTO commerce.outbox (topic, payload)
        SELECT 'person.' || v.buyer_id, to_jsonb(v) - 'buyer_id'
        FROM unnest(granted) AS n JOIN commerce.order_view v ON v.order_id = order_ids[n];
        IF NOT commerce.change_stock(the_sku, 0, taken, 0) THEN
            RAISE EXCEPTION 'stock of % fell while its row was locked', the_sku;
        END IF;
    END IF;

    RETURN QUERY
        SELECT n::int, codes[n],
               CASE codes[n] WHEN 'sold_out' THEN jsonb_build_object('available', available - taken)
                             WHEN 'price_changed' THEN jsonb_build_object('price_minor', offer.price_minor,
                                 'currency', offer.currency, 'price_version', offer.price_version)
                             ELSE '{}'::jsonb END,
               to_jsonb(v) - 'buyer_id'
        FROM generate_series(1, cardinality(order_ids)) AS n
        LEFT JOIN commerce.order_view v ON (codes[n] IS NULL OR codes[n] = 'again') AND v.order_id = found_orders[n];
END $$;

-- ---- Who sees and changes what -------------------------------------------------------------------------------------

ALTER TABLE commerce.product ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.product FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.product USING (people.is_platform() OR people.is_member(org_id));
CREATE POLICY anyone_reads_on_sale ON commerce.product FOR SELECT USING (state = 'on_sale');

ALTER TABLE commerce.sku ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.sku FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.sku USING (people.is_platform() OR people.is_member(org_id));
CREATE POLICY anyone_reads_on_sale ON commerce.sku FOR SELECT USING (state = 'on_sale');

ALTER TABLE commerce.stock ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.stock FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.stock USING (people.is_platform() OR people.is_member(org_id));
CREATE POLICY anyone_reads_on_sale ON commerce.stock FOR SELECT
    USING (EXISTS (SELECT FROM commerce.sku k WHERE k.sku_id = stock.sku_id AND k.state = 'on_sale'));

ALTER TABLE commerce.job_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.job_post FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.job_post USING (people.is_platform() OR people.is_member(org_id));
CREATE POLICY anyone_reads_open ON commerce.job_post FOR SELECT USING (state = 'open');

ALTER TABLE commerce.card ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.card FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON commerce.card USING (people.is_platform() OR people.is_member(org_id));
CREATE POLICY anyone_reads_shown ON commerce.card FOR SELECT USING (state = 'shown');

-- Orders and what belongs to them are written by the platform alone: a buyer's wish goes through checkout.
ALTER TABLE commerce.purchase_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.purchase_order FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.purchase_order USING (people.is_platform());
CREATE POLICY buyer_or_seller_reads ON commerce.purchase_order FOR SELECT
    USING (buyer_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.reservation ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.reservation FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.reservation USING (people.is_platform());
CREATE POLICY buyer_or_seller_reads ON commerce.reservation FOR SELECT
    USING (buyer_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.payment FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.payment USING (people.is_platform());
CREATE POLICY buyer_or_seller_reads ON commerce.payment FOR SELECT
    USING (buyer_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.order_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.order_event FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.order_event USING (people.is_platform());
CREATE POLICY buyer_or_seller_reads ON commerce.order_event FOR SELECT
    USING (buyer_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.payment_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.payment_event FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.payment_event USING (people.is_platform());
CREATE POLICY buyer_or_seller_reads ON commerce.payment_event FOR SELECT
    USING (buyer_id = people.current_person() OR people.is_member(org_id));

ALTER TABLE commerce.webhook_inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.webhook_inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.webhook_inbox USING (people.is_platform());

-- Whoever may change a thing may say that it changed; only the platform reads what was said.
ALTER TABLE commerce.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE commerce.outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY platform ON commerce.outbox USING (people.is_platform());
CREATE POLICY anyone_adds ON commerce.outbox FOR INSERT WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON commerce.product, commerce.sku, commerce.stock, commerce.job_post, commerce.card,
    commerce.purchase_order, commerce.reservation, commerce.payment TO jishi_app;
-- What happened is added to, never rewritten.
GRANT SELECT, INSERT ON commerce.order_event, commerce.payment_event, commerce.webhook_inbox TO jishi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON commerce.outbox TO jishi_app;
GRANT SELECT ON commerce.order_view TO jishi_app;
