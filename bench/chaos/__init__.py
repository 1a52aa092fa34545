"""A random drill: the whole site works while its parts are killed, frozen, filled and cut off.

    python -m bench.chaos --seconds 600 --seed 7

Visitors send tips with pictures, moderators vet, objects are published and withdrawn. Meanwhile one part
after another breaks. Then everything is mended, the site comes to rest, and each invariant of the
design is checked. The same seed makes the same choices; what the machine makes of them in time differs.
"""
