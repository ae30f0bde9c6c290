/** The head of a page alone; a whole page takes Page of app_shell.js, which has it. */
export { Head as PageHeader } from "./app_shell.js";
