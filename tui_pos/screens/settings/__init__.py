"""The settings of a till: tabs of rows, each with its value and what it means, changed where they stand."""
