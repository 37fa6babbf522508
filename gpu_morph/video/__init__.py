"""From frames to a file: ffmpeg, codecs, frame folders."""
