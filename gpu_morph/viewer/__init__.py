"""The interactive viewer: one core, which windows and notebooks send events to and get pictures from."""
