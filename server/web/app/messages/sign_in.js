/** The words of signing in and up: importing this makes them known to t(). */
import { addMessages } from "../words/text.js";
import en from "./sign_in/en.js";
import zh from "./sign_in/zh.js";

addMessages({ zh, en });
