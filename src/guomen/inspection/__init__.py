"""Inspection: orders, checklists, facts from the field, samples and laboratory results."""
