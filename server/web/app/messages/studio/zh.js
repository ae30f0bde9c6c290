export default {
  "studio.title": "主播台",
};
