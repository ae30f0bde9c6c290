export default {
  "moderation.title": "Moderation desk",
};
