"""Virtual twins: a whole counter without hardware, for the demo, for programs and for tests."""
