"""Commands of ``mizan``: one file, one command (or one family of them).

Every module here has ``register(app)``, which adds its commands to the Typer app; a new file is
found by itself. Heavy libraries are imported inside the commands, so that ``--help`` is quick.
"""
