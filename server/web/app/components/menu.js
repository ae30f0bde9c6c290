/** More that one can do with a thing, behind a button: closes by itself, arrow keys go through it. */
import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../html.js";
import { Icon } from "./icons.js";

/** @typedef {{ label: string, icon?: import("./icons.js").IconName, onClick?: () => void, href?: string, danger?: boolean, disabled?: boolean }} MenuItem */

/** @param {{ label: string, items: readonly MenuItem[], icon?: import("./icons.js").IconName, children?: any }} props label: names the button. children: what it shows instead of the icon */
export function Menu({ label, items, icon = "dots", children }) {
  const [open, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = () => /** @type {HTMLElement[]} */ ([...(root.current?.querySelectorAll("[role=menuitem]:not(:disabled)") ?? [])]);
  useEffect(() => {
    if (!open) return undefined;
    entries()[0]?.focus();
    const outside = (/** @type {Event} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const shut = () => {
    setOpen(false);
    /** @type {HTMLElement | null | undefined} */ (root.current?.querySelector(".menu__button"))?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (!open) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      shut();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = entries();
      const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]?.focus();
    } else if (event.key === "Tab") setOpen(false);
  };
  const face = (/** @type {MenuItem} */ item) => html`${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>`;
  return html`<div class="menu" ref=${root} onKeyDown=${onKeyDown}>
    <button type="button" class=${children ? "menu__button nav-link" : "menu__button icon-button"} aria-haspopup="menu" aria-expanded=${open} aria-label=${label} onClick=${() => setOpen(!open)}>${children ?? html`<${Icon} name=${icon} />`}</button>
    ${open && html`<div class="menu__list" role="menu" aria-label=${label}>${items.map((item) => {
      const name = `menu__item${item.danger ? " menu__item--danger" : ""}`;
      if (item.href !== undefined) return html`<a key=${item.label} class=${name} role="menuitem" href=${item.href}>${face(item)}</a>`;
      const act = () => {
        shut();
        item.onClick?.();
      };
      return html`<button key=${item.label} type="button" class=${name} role="menuitem" disabled=${item.disabled} onClick=${act}>${face(item)}</button>`;
    })}</div>`}
  </div>`;
}
