"""The register: data files to checked records, asked in two times."""

from sekisho.register.law import Law, LawInForce, Regime
from sekisho.register.open import open_register
from sekisho.register.register import Coming, Register, View

__all__ = ["Coming", "Law", "LawInForce", "Regime", "Register", "View", "open_register"]
