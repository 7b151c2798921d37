"""The surfaces: settings, composition, command line and report."""
