"""The journals of the tills: stored as they come, then entered into the books.

Nothing a till sent is ever refused for what it says: it is stored first and judged later. What cannot be entered
into the books waits in quarantine with the reason; everything else goes on.
"""
