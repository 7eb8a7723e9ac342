"""The rules of a sale: pure functions from records to records.

A rule reads no clock, no database and no setting: what it needs comes as an argument. Amounts are integers of
minor units of the shop's currency, tax included; quantities and rates are `Decimal`; there is no float.
"""
