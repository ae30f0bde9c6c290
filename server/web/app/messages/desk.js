/** The words of the desk's ways of working (claims, filters, second opinions, figures): importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./desk/en.js";
import zh from "./desk/zh.js";

addMessages({ zh, en });
