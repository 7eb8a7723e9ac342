"""Cash sessions and closings: what a report says, worked out from the sums of journal positions."""
