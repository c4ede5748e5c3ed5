"""Screens: Qt widgets only, one screen a file. They use services by protocol, tasks, signals and words."""
