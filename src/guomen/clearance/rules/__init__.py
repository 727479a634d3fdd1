"""Screening: an ordered pipeline of small rules, one class per rule. Values in, a decision with reasons out.

Order of severity: prohibition, active measures, quarantine papers, dangerous goods papers, other papers, mode
selection, random draw. Holds of all stages are collected, so that a declarant learns everything at once; the mode is
chosen all the same, for the day the hold is lifted. No mode waives quarantine, radiation, sanitary or prohibited-goods
checks: those are added after the mode, whatever it is.
"""

from datetime import timedelta

from guomen.clearance.rules.checks import CHECKS, fixed_checks, units_to_open, which_units
from guomen.clearance.rules.exports import EXPORT_HOLDS, EXPORT_MODES
from guomen.clearance.rules.facts import Choice, Demand, LineDecision, LineFacts, ModeTerms, Proof, Reason, ticket, why
from guomen.clearance.rules.holds import Severity, active_hold, prohibited
from guomen.clearance.rules.identifiers import REMARKS, Identifiers, remarks
from guomen.clearance.rules.modes import MODES, choose_mode
from guomen.clearance.rules.pipeline import HOLDS, decide, inspect, lacks
from guomen.clearance.rules.transitions import TABLE, TRANSITIONS, Transition, refusal, transition, when_passed

INSPECT_WITHIN = timedelta(hours=24)
"""When an inspection is due, counted from arrival."""

__all__ = [
    "CHECKS",
    "EXPORT_HOLDS",
    "EXPORT_MODES",
    "HOLDS",
    "INSPECT_WITHIN",
    "MODES",
    "REMARKS",
    "TABLE",
    "TRANSITIONS",
    "Choice",
    "Demand",
    "Identifiers",
    "LineDecision",
    "LineFacts",
    "ModeTerms",
    "Proof",
    "Reason",
    "Severity",
    "Transition",
    "active_hold",
    "choose_mode",
    "decide",
    "fixed_checks",
    "inspect",
    "lacks",
    "prohibited",
    "refusal",
    "remarks",
    "ticket",
    "transition",
    "units_to_open",
    "when_passed",
    "which_units",
    "why",
]
