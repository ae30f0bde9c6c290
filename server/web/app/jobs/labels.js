/** Short entries out of typed text: split, trimmed, each once, within their limits. */

/**
 * @param {readonly string[]} held @param {string} typed @param {{ max: number, charsMax: number }} limits
 * @returns {string[]}
 */
export function labelsFrom(held, typed, { max, charsMax }) {
  const entries = typed.split(/[,，、;；\n]/).map((entry) => Array.from(entry.trim()).slice(0, charsMax).join("")).filter(Boolean);
  return [...new Set([...held, ...entries])].slice(0, max);
}
