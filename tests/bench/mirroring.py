"""The flow process of `bench_mirror`: one media flow, once; prints what it took as JSON."""

import json
import resource
import sys
import time
from typing import Any

from flows.outcome import StageFailed
from flows.pipeline import STAGES
from flows.report import RunReport


def main() -> None:
    """Run the flow that is named."""
    run: Any = STAGES[sys.argv[1]]
    began, cpu = time.perf_counter(), time.process_time()
    try:
        report: RunReport = run()
    except StageFailed as failure:
        report = failure.report
    figures = {
        "status": report.status,
        "seconds": report.seconds,
        "wall_seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "done": report.done,
        "requests": report.requests,
        "failures": list(report.failures.items())[:3],
    }
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
