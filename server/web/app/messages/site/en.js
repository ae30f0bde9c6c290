/**
 * The words of the lobby and of one's orders, in English.
 * @type {typeof import("./zh.js").default}
 */
const messages = {
  "lobby.title": "Today's market",
  "lobby.subtitle": "Step in: picked and sold while you watch, jobs told by the boss",
  "lobby.more_cards": "{count} more on the stall",
  "lobby.more_jobs": "{count} more jobs",
  "lobby.empty_title": "The market isn't open yet",
  "lobby.empty_text": "The hosts are on their way. Look in again in a while.",
  "lobby.error_title": "The lobby didn't open",
  "lobby.error_text": "The network may be shaky. Try again in a moment.",
  "lobby.no_card": "Something new is coming up",
  "orders.title": "My orders",
  "orders.empty_title": "No orders yet",
  "orders.empty_text": "Walk through the rooms and take what you like.",
  "orders.signed_out_title": "Sign in to see your orders",
  "orders.signed_out_text": "Only you can see them.",
  "orders.number": "Order {id}",
  "orders.pay": "Pay now",
  "orders.cancel": "Cancel order",
  "orders.cancel_ask": "Cancel this order?",
  "orders.cancel_yes": "Yes, cancel",
  "orders.cancel_no": "Keep it",
  "orders.room": "Back to the room",
  "orders.placed_at": "Placed {time}",
};

export default messages;
