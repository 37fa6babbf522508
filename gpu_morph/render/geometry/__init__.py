"""From the sections of a morphology to the vertices and segments that are drawn. Numpy only."""
