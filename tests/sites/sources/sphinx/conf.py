project = "Cellar"
html_theme = "furo"
html_last_updated_fmt = None
extensions = ["sphinx.ext.mathjax"]
