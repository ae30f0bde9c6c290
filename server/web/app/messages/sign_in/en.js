/**
 * The words of signing in and up, in English.
 * @type {typeof import("./zh.js").default}
 */
const messages = {
  "sign_in.title": "Sign in to Jishi",
  "sign_in.why_say": "Sign in to chat with everyone",
  "sign_in.why_buy": "Sign in to order",
  "sign_in.welcome": "Chat, order, and find it all in one place",
  "sign_in.tab_in": "Sign in",
  "sign_in.tab_up": "Sign up",
  "sign_in.login": "Account",
  "sign_in.login_hint": "Letters, digits or a phone number",
  "sign_in.password": "Password",
  "sign_in.fault_login": "An account has 3 to 64 letters, digits and common signs.",
  "sign_in.show_password": "Show password",
  "sign_in.hide_password": "Hide password",
  "sign_in.submit_in": "Sign in",
  "sign_in.submit_up": "Sign up",
  "sign_in.busy": "One moment…",
  "sign_in.keep_watching": "Just watch for now",
  "sign_in.why_report": "Sign in to report",
  "sign_in.why_follow": "Sign in to follow the host",
};

export default messages;
