/** A choice that stands in the address, so that going back undoes it and a link leads to it. */
import { useEffect, useState } from "preact/hooks";

const chosen = (/** @type {string} */ name) => new URLSearchParams(location.search).get(name) ?? "";

/** @param {string} name of the query's field @returns {[string, (value: string) => void]} "" while nothing is chosen */
export function useAddressed(name) {
  const [value, setValue] = useState(() => chosen(name));
  useEffect(() => {
    const back = () => setValue(chosen(name));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [name]);
  const choose = (/** @type {string} */ next) => {
    const url = new URL(location.href);
    if (next) url.searchParams.set(name, next);
    else url.searchParams.delete(name);
    history.pushState(null, "", url);
    setValue(next);
  };
  return [value, choose];
}
