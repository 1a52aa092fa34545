"""The actions about tips in the audit trail, in words (:mod:`traceobject.audit.sentences`)."""

SENTENCES = {
    "attachment.alert_sent": "alerted the safeguarding role about {target}",
    "attachment.clean": "checked {target}",
    "attachment.locked": "locked {target}, which is on a hash list",
    "attachment.original_taken": "downloaded the original of {target}, as evidence",
    "attachment.place_seen": "looked at the place of {target}",
    "attachment.refused": "refused {target}, which is not a readable picture",
    "attachment.seen": "looked at {target}",
    "claim.joined": "merged another claim into {target}",
    "claim.rejected": "rejected {target}",
    "claim.reopened": "reopened {target}",
    "claim.split": "split {target}",
    "claim.vetted": "vetted {target}",
    "contact.seen": "looked at the contact details of {target}",
    "contact.withdrawn": "deleted the contact details of {target}",
    "delivery.sent": "emailed the case officer about {target}",
    "delivery.withheld": "did not send {target}: its case officer left",
    "desk.changed": "changed the {target}",
    "hold.proposed": "proposed the {target}",
    "hold.confirmed": "confirmed the {target}",
    "hold.lifting_proposed": "proposed to lift the {target}",
    "hold.lifted": "lifted the {target}",
    "hold.lifting_declined": "declined to lift the {target}",
    "hold.taken_back": "took back the proposed {target}",
    "hotline.changed": "changed the {target}",
    "hotline.removed": "removed the {target}",
    "leads.exported": "exported leads ({target})",
    "proposal.declined": "declined {target}",
    "question.asked": "asked the sender of {target} a question",
    "referral.acknowledged": "acknowledged {target}",
    "referral.handed_on": "handed on {target}, whose case officer left,",
    "referral.closed": "closed {target}",
    "referral.sent": "sent {target} to a case officer",
    "referral.waiting": "found nobody to send {target} to",
    "retention.erased": "erased what is past its time",
    "tip.erased": "erased {target}",
    "object.erased": "erased all tips about {target}",
    "tip.matched": "matched {target}",
    "tip.withdrawn": "withdrew {target}",
    "tips.exported": "exported tips ({target})",
    "tips.imported": "imported tips from {target}",
}

# What follows a tip within minutes, done by the site or its sender.
HOUR_ONLY = frozenset(
    {
        *("attachment.alert_sent", "attachment.clean", "attachment.locked", "attachment.refused"),
        *("claim.joined", "contact.withdrawn", "delivery.sent", "delivery.withheld"),
        *("referral.handed_on", "referral.sent", "referral.waiting", "tip.matched"),
    }
)
