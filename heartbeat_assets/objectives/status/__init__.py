"""How the components people use are, by declared rules over what was measured, and what people say over it.

Plain Python. It must not measure anything itself, and must not know how a status is shown.
"""
