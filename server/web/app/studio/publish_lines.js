/** What a host's own software is told so that it sends to this market. */

/** @param {string} publishUrl @param {string} streamKey @returns {string} a command that sends a film, over and over */
export function ffmpegLine(publishUrl, streamKey) {
  const picture = "-c:v libx264 -preset veryfast -b:v 2500k -g 50 -pix_fmt yuv420p";
  return `ffmpeg -re -stream_loop -1 -i film.mp4 ${picture} -c:a aac -b:a 128k -f flv ${publishUrl}/${streamKey}`;
}
