/** The words of the settings: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./settings/en.js";
import zh from "./settings/zh.js";

addMessages({ zh, en });
