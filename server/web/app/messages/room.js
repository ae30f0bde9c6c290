/** The words of what the watch page shows when asked to: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./room/en.js";
import zh from "./room/zh.js";

addMessages({ zh, en });
