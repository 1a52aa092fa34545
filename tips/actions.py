"""The pages about tips, claims, leads and legal holds, and the permission for each."""

from traceobject.actions import Action

ACTIONS = {
    "desk": Action("tips.work_referral", "List referrals to one's own countries"),
    "referral": Action("tips.work_referral", "Read a referral and its tips"),
    "acknowledge": Action("tips.work_referral", "Acknowledge a referral"),
    "close": Action("tips.work_referral", "Close a referral with an outcome"),
    "referral_picture": Action("tips.work_referral", "See the object's picture"),
    "referral_contact": Action("tips.view_contact", "Show the contact details of a tip"),
    "referral_upload": Action("tips.view_attachment", "See a picture of a tip"),
    "referral_place": Action("tips.view_attachment", "See where a photo was taken"),
    "leads": Action("tips.export_lead", "List leads"),
    "leads_csv": Action("tips.export_lead", "Export leads as CSV"),
    "locked": Action("tips.view_locked", "List locked files"),
    "take_locked": Action("tips.view_locked", "Download a locked file"),
    "admin:tips_claim_vet": Action("tips.vet_claim", "Vet a claim"),
    "admin:tips_claim_reject": Action("tips.vet_claim", "Reject a claim"),
    "admin:tips_claim_reopen": Action("tips.vet_claim", "Reopen a claim"),
    "admin:tips_claim_merge": Action("tips.vet_claim", "Merge claims"),
    "admin:tips_claim_split": Action("tips.vet_claim", "Split a claim"),
    "admin:tips_claim_decline": Action("tips.vet_claim", "Decline a proposal"),
    "admin:tips_tip_ask": Action("tips.vet_claim", "Ask the sender of a tip"),
    "admin:tips_tip_withdraw": Action("tips.vet_claim", "Withdraw a tip"),
    "admin:tips_tip_contact": Action("tips.view_contact", "Show the contact details of a tip"),
    "admin:tips_hold_propose": Action("tips.decide_legalhold", "Propose a legal hold"),
    "admin:tips_hold_confirm": Action("tips.decide_legalhold", "Confirm a colleague's hold"),
    "admin:tips_hold_take_back": Action("tips.decide_legalhold", "Take back one's own proposal"),
    "admin:tips_hold_decline_lifting": Action("tips.decide_legalhold", "Decline to lift a hold"),
    "admin:tips_hold_propose_lifting": Action("tips.decide_legalhold", "Propose to lift a hold"),
    "admin:tips_hold_lift": Action("tips.decide_legalhold", "Lift a hold, as a second person"),
    "admin:tips_upload": Action("tips.view_attachment", "See a picture of a tip"),
}
