# Short names for tools/dev.py, which works without make. `make test ARGS="-k locker"` passes arguments on,
# `make soak HISTORIES=20000` says how many histories, `make soak FAULTS=10` for how many minutes processes are killed.
PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
COMMANDS := run test check lint bench soak lock help

.PHONY: $(COMMANDS)
$(COMMANDS):
	@$(PYTHON) tools/dev.py $@ $(ARGS)
