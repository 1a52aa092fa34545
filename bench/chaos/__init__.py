"""A random drill: the site works while its parts are killed, frozen, filled and disconnected.

    python -m bench.chaos --seconds 600 --seed 7

Visitors send tips with pictures, moderators vet, and analysts publish and withdraw objects. Meanwhile, one
part after another is broken. Then everything is repaired, the site becomes idle, and each invariant of the
design is checked. A seed makes the same choices each time; their effects on a machine differ.
"""
