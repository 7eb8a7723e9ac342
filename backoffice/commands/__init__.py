"""The commands of `tui-pos-server`, each imported only when it runs."""
