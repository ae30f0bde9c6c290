/** The words of the lobby and of one's orders: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./site/en.js";
import zh from "./site/zh.js";

addMessages({ zh, en });
