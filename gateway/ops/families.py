"""Every metric that there is: its name, its kind, its labels, and what it tells."""

from gateway.ops.exposition import Family, Kind

_OPERATION = ("operation",)
DECISIONS = Family(
    "scopegate_decisions_total",
    Kind.COUNTER,
    "Requests decided.",
    (*_OPERATION, "effect", "reason"),
)
ANSWERS = Family("scopegate_answers_total", Kind.COUNTER, "Answers begun.", (*_OPERATION, "class"))
SECONDS = Family(
    "scopegate_answer_seconds",
    Kind.HISTOGRAM,
    "Seconds from a request to the beginning of its answer.",
    _OPERATION,
)
UNROUTED = Family(
    "scopegate_unrouted_total", Kind.COUNTER, "Requests for which there is no operation.",
    ("status",),
)  # fmt: skip
LOOKUPS = Family(
    "scopegate_token_lookups_total",
    Kind.COUNTER,
    "Bearer tokens presented: known from before (hit) or to be verified (miss).",
    ("outcome",),
)
FAILURES = Family(
    "scopegate_credential_failures_total",
    Kind.COUNTER,
    "Requests with a credential that is not valid.",
    ("reason",),
)
AUDIT_LOST = Family(
    "scopegate_audit_lost_lines_total", Kind.COUNTER, "Audit lines that could not be written."
)
RULESET = Family(
    "scopegate_ruleset_info", Kind.GAUGE, "1 for the digest of each policy that rules now.",
    ("digest",),
)  # fmt: skip
LOADS = Family("scopegate_ruleset_loads_total", Kind.COUNTER, "Loads of a document.", ("outcome",))
LOADED = Family(
    "scopegate_ruleset_last_load_timestamp_seconds",
    Kind.GAUGE,
    "When a document was last loaded, or could not be.",
    ("outcome",),
)
REVOCATIONS = Family(
    "scopegate_revocations_age_seconds",
    Kind.GAUGE,
    "Seconds since all revocations were known, in the worker that is furthest behind.",
)
OBSERVING = Family(
    "scopegate_observing",
    Kind.GAUGE,
    "1 while nothing is refused, and requests are only looked at.",
)
WORKERS = Family("scopegate_workers", Kind.GAUGE, "Processes that serve.")
STARTED = Family(
    "process_start_time_seconds", Kind.GAUGE, "Unix time at which the server was started."
)
CPU = Family(
    "process_cpu_seconds_total", Kind.COUNTER, "CPU seconds of all processes of the server."
)
RESIDENT = Family("process_resident_memory_bytes", Kind.GAUGE, "Resident memory of all of them.")
DESCRIPTORS = Family("process_open_fds", Kind.GAUGE, "Open file descriptors of all of them.")

FAMILIES = (
    DECISIONS, ANSWERS, SECONDS, UNROUTED, LOOKUPS, FAILURES, AUDIT_LOST, RULESET, LOADS, LOADED,
    REVOCATIONS, OBSERVING, WORKERS, STARTED, CPU, RESIDENT, DESCRIPTORS,
)  # fmt: skip
