/** The words of the moderator's desk: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./moderation/en.js";
import zh from "./moderation/zh.js";

addMessages({ zh, en });
