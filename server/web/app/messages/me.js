/** The words of one's own page: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./me/en.js";
import zh from "./me/zh.js";

addMessages({ zh, en });
