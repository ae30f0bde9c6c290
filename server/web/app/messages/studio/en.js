export default {
  "studio.title": "Studio",
};
