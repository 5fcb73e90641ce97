"""Who may see past the policies of the database while serving a request, and why."""

from typing import Final

OWNERS: Final[dict[str, str]] = {
    "cloud/api/auth.py log_out": "ends the session that the request carries; nobody need be logged in for it",
    "cloud/api/auth.py who": "this is how it becomes known who asks",
    "cloud/api/live.py _catch_up": "one listener for all; each is offered only what is its estates'",
    "cloud/api/live.py _missed": "a page of ids for all; each is sent only what is its estates'",
    "cloud/api/login.py by_password": "nobody is logged in yet",
    "cloud/api/login.py opened": "the session is what is being made",
    "cloud/api/login.py _refused": "counts a failed login: nobody is logged in",
    "cloud/api/routes/accounts.py overview": "accounts belong to no estate; `_is_within` chooses",
    "cloud/api/routes/accounts.py add": "accounts belong to no estate; `_expect_within` refuses",
    "cloud/api/routes/accounts.py change": "accounts belong to no estate; `_found`, `_expect_within`",
    "cloud/api/routes/accounts.py reset": "accounts belong to no estate; `_found` refuses",
    "cloud/api/routes/accounts.py log_out": "accounts belong to no estate; `_found` refuses",
    "cloud/api/routes/accounts.py forget_factor": "accounts belong to no estate; `_found` refuses",
    "cloud/api/routes/custody.py custody": "places in the log, of rows that were read by one's own rights",
    "cloud/api/routes/enrolment.py enrol": "a device with a one-time token",
    "cloud/api/routes/enrolment.py renew": "a device with its certificate",
    "cloud/api/routes/evidence.py _wanted": "a device with its certificate, and clips of its own",
    "cloud/api/routes/evidence.py _stored": "a device with its certificate, and clips of its own",
    "cloud/api/routes/evidence.py _mismatch": "a device with its certificate, and clips of its own",
    "cloud/api/routes/oidc.py leave": "nobody is logged in yet",
    "cloud/api/routes/oidc.py come_back": "nobody is logged in yet",
    "cloud/api/routes/oidc.py _account": "nobody is logged in yet; the provider has said who they are",
    "cloud/api/routes/ops.py metrics": "counts of all estates, without names",
    "cloud/api/routes/ops.py readyz": "asks for the schema's number",
    "cloud/api/routes/session.py everywhere": "one's own sessions and factor, by one's own name",
    "cloud/api/routes/session.py end_all": "one's own sessions, by one's own name",
    "cloud/api/routes/session.py end_one": "one's own sessions, by one's own name",
    "cloud/api/routes/session.py change_password": "one's own password, by one's own name",
    "cloud/api/routes/session.py begin_factor": "one's own factor, by one's own name",
    "cloud/api/routes/session.py confirm_factor": "one's own factor, by one's own name",
    "cloud/api/routes/session.py remove_factor": "one's own factor, by one's own name",
    "cloud/api/services.py as_owner": "the way itself",
    "cloud/api/services.py _entered": "the way itself, for `administering`",
    "cloud/evidence/bundle/export.py export": "the route has read the alert by one's own rights before",
    "cloud/evidence/bundle/export.py _revoked": "the authority's list names numbers of certificates alone",
    "cloud/evidence/bundle/export.py _sealed": "the log and its heads belong to nobody alone",
    "cloud/evidence/bundle/export.py _seal": "the log and its heads belong to nobody alone",
    "cloud/evidence/certificate/issue.py _begun": "the log and its heads belong to nobody alone",
    "cloud/evidence/certificate/issue.py _seal": "the log and its heads belong to nobody alone",
    "cloud/evidence/stamping.py of_head": "the log and its heads belong to nobody alone",
    "cloud/evidence/stamping.py catch_up": "the timers'",
    "cloud/evidence/keys.py newest": "an estate's key, for a clip whose device has shown its certificate",
    "cloud/evidence/keys.py by_id": "an estate's key, for a clip that was found by one's own rights",
}
"""`file function` → why no estate's thing is shown to another's by it."""

OF_NO_REQUEST: Final[dict[str, str]] = {
    "cloud/evidence/checking.py": "the timers' and the command's, over every estate's clips",
    "cloud/evidence/keeper.py": "the timers'",
    "cloud/evidence/log_check.py": "the timers' and the command's",
    "cloud/evidence/pruning.py": "the timers'",
    "cloud/evidence/resealing.py": "the command's",
}
"""Files of which nothing is asked over HTTP."""
