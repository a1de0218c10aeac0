"""How do our services reach the world? All input and output: bus, documents, web, keys, logs."""
