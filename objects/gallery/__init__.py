"""The public pages: gallery, objects, pictures, feeds and oEmbed."""
