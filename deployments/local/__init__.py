"""The local stack: every server this project needs, on one machine, under one foreground supervisor.

`python -m deployments.local run` (or `make run`) is the way in; `stack.py` says what is started in which order. The tests
start the same classes one by one (`tests/conftest.py`).
"""
