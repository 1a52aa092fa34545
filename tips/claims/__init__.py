"""Stage 3: what belongs to what. Each tip belongs to one claim; ``membership`` alone writes that.

``match`` (one tip), ``flood``, ``pictures``, ``proposals``, ``rematch`` decide with what
:mod:`tips.matching` computes, and have ``membership`` write it down.
"""
