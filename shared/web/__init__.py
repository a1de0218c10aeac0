"""What all pages share: rendering, components, style sheet, languages, forms, names of codes."""
