"""CellMorphologyVisualizer: the interface of the In Silico Framework (ISF), drawn by gpu_morph."""
