"""The commands of ``guomen``, one module for each group."""
