export default {
  "moderation.title": "巡场台",
};
