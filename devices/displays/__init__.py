"""Customer displays: poles of two lines, and a second screen that shows the whole sale."""
