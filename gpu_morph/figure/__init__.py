"""Files of vectors for print: the cell as pixels, annotations as shapes and text."""
