/** Rows of facts: a table on a desk, a card for each row on a phone. */
import { html } from "../html.js";

/**
 * @typedef {{ key: string, title: string, cell: (row: any) => any, number?: boolean, main?: boolean, actions?: boolean }} Column
 *   number: set flush right, figures of one width. main: what the row is, the head of its card on a phone.
 *   actions: buttons, in a row of their own on a phone
 */

/**
 * @param {{ label: string, columns: readonly Column[], rows: readonly any[], rowKey: (row: any) => string,
 *   isSelected?: (row: any) => boolean, onOpen?: (row: any) => void }} props
 *   onOpen: a click anywhere in a row; give the row's main cell a link or button too, for the keyboard
 */
export function Table({ label, columns, rows, rowKey, isSelected = () => false, onOpen }) {
  const open = (/** @type {any} */ event, /** @type {any} */ row) => {
    if (event.target.closest("a, button, input, select, label") === null) onOpen?.(row);
  };
  // The roles are said again, because a table that is laid out as cards loses its own.
  return html`<table class=${`table${onOpen ? " table--opens" : ""}`} role="table" aria-label=${label}>
    <thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th key=${column.key} role="columnheader" scope="col" class=${classOf(column)}>${column.actions ? html`<span class="unseen">${column.title}</span>` : column.title}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((row) => html`<tr key=${rowKey(row)} role="row" data-row=${rowKey(row)} class=${isSelected(row) ? "table__row--selected" : ""} onClick=${onOpen && ((/** @type {any} */ event) => open(event, row))}>
      ${columns.map((column) => html`<td key=${column.key} role="cell" class=${classOf(column)} data-title=${column.main || column.actions ? undefined : column.title}>${column.cell(row)}</td>`)}
    </tr>`)}</tbody>
  </table>`;
}

/** @param {Column} column */
const classOf = ({ number, main, actions }) => (number ? "table__number" : main ? "table__main" : actions ? "table__actions" : "");
