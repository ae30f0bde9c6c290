export default {
  "jobs.title": "求职",
};
