-- An order shows the picture that its product has now, and none once product or SKU is no longer on sale, whoever reads it.
CREATE OR REPLACE VIEW commerce.order_view WITH (security_invoker = true) AS
SELECT o.order_id, o.state,
       (SELECT p.state FROM commerce.payment p WHERE p.order_id = o.order_id
        ORDER BY p.created_at DESC, p.payment_id DESC LIMIT 1) AS payment_state,
       (SELECT r.slug FROM people.room r WHERE r.room_id = o.room_id) AS room_slug,
       o.product_title, o.sku_name, o.sku_id, o.quantity, o.unit_price_minor, o.total_minor, o.currency,
       o.created_at, o.expires_at, o.version, o.buyer_id,
       (SELECT p.image_url FROM commerce.sku k JOIN commerce.product p USING (product_id)
        WHERE k.sku_id = o.sku_id AND k.state = 'on_sale' AND p.state = 'on_sale') AS image_url
FROM commerce.purchase_order o;
