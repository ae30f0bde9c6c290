/** The words of the pieces that pages are put together from: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./kit/en.js";
import zh from "./kit/zh.js";

addMessages({ zh, en });
