/** Idempotency keys; `crypto.randomUUID` exists on secure origins only, and a laptop's LAN address is none. */

export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
