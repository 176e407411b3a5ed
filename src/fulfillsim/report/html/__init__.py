"""The report: one self-contained file that says what was asked, what came out, how sure it is and how to repeat it."""

from fulfillsim.report.html.writing import write_report

__all__ = ["write_report"]
