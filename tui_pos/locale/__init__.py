"""The messages in French and English: gettext catalogues, kept in step with the code by `catalogues`."""
