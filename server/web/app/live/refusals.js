/** How a request over the live connection can fail. */

/** The server said no; nothing was changed. */
export class Refused extends Error {
  /** @param {string} code @param {Record<string, any>} facts */
  constructor(code, facts) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** The connection went, or no answer came: whether the request was carried out is not known. */
export class Unanswered extends Error {}
