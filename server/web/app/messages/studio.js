/** The words of the host's studio: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./studio/en.js";
import zh from "./studio/zh.js";

addMessages({ zh, en });
