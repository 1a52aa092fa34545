"""The actions about objects in the audit trail, in words (:mod:`traceobject.audit.sentences`)."""

SENTENCES = {
    "campaign.changed": "changed the {target}",
    "campaign.held": "did not launch the {target} at its time",
    "campaign.launched": "launched the {target}",
    "campaign.planned": "planned the {target}",
    "hash_list.imported": "imported the {target}",
    "object.approved": "approved {target}",
    "object.changed": "changed {target}",
    "object.drafted": "drafted {target}",
    "object.held": "did not publish {target} at its time",
    "object.identified": "marked {target} as identified",
    "object.picture_added": "added a picture to {target}",
    "object.picture_described": "described a picture of {target}",
    "object.picture_removed": "removed a picture from {target}",
    "object.published": "published {target}",
    "object.rematched": "matched the tips about {target} again",
    "object.sent_back": "sent {target} back to its author",
    "object.submitted": "submitted {target} for approval",
    "object.withdrawn": "withdrew {target}",
    "picture.inspected": "inspected a picture of {target}",
    "picture.overridden": "overrode a finding about a picture of {target}",
}
