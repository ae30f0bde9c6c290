/**
 * `@msgpack/msgpack` as the module that the import map names: the package's build in one file is a script, which the
 * shell runs first. Its ES modules are fifteen, and each costs a request before the first picture.
 */
export const { decode, encode } = /** @type {any} */ (globalThis).MessagePack;
