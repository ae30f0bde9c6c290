export default {
  "jobs.title": "Jobs",
};
