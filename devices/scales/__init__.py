"""Weighing scales: only a stable weight leaves them, and only one that cannot be misread.

A weight is believed when its decimal point, or its unit, came with it: 250 g are never read as 2.5 kg.
"""
