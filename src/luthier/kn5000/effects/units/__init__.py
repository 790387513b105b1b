"""What effects are put together from, one family a module.

A unit takes stereo and gives stereo in its place.  It takes physical units; the numbers of the panel are the
translator's.
"""
