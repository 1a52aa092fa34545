"""The pages about objects, campaigns and pictures, and the permission for each."""

from traceobject.actions import Action

ACTIONS = {
    "admin:objects_campaign_launch": Action("objects.publish_traceobject", "Launch a campaign"),
    "admin:objects_crop": Action("objects.add_picture", "Crop and add a picture"),
    "admin:objects_preview": Action("objects.view_traceobject", "Preview an object"),
    "admin:objects_picture_file": Action("objects.view_traceobject", "See an object's picture"),
    "admin:objects_picture_state": Action("objects.view_traceobject"),
    "admin:objects_picture_describe": Action("objects.change_picture", "Write alternative texts"),
    "admin:objects_picture_override": Action("objects.publish_traceobject", "Override a finding"),
    "admin:objects_picture_remove": Action("objects.delete_picture", "Remove a picture"),
    "admin:objects_step": Action(
        "objects.publish_traceobject",
        "Approve, send back, publish, identify, withdraw an object; publish its closing words",
    ),
}
