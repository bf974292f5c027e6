"""What the YAML files of a project may say: reading them, the kinds of values, mistakes as sentences.

It must not know which components there are or what their fields mean.
"""
