export default {
  "me.title": "My page",
};
