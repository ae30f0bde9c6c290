/** The words of applying, and the employer's side: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./jobs/en.js";
import zh from "./jobs/zh.js";

addMessages({ zh, en });
