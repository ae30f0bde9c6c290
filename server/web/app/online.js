/** Whether the device has a network at all, as far as the browser knows. */
import { signal } from "@preact/signals";

export const online = signal(navigator.onLine);

addEventListener("online", () => {
  online.value = true;
});
addEventListener("offline", () => {
  online.value = false;
});
