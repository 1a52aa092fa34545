"""Stage 3: group tips into claims. Only ``membership`` writes which tip belongs to which claim.

``match`` (one tip), ``flood``, ``same_pictures``, ``proposals`` and ``rematch`` decide with the
functions of :mod:`tips.matching`, and ``membership`` stores the result.
"""
