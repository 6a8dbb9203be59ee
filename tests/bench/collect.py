"""The flow process of `bench_ingest`: the pipeline without mirroring, once; prints what it took as JSON."""

import json
import resource
import sys
import time

from flows.outcome import StageFailed
from flows.pipeline import STAGES, pipeline
from flows.report import RunReport


def _run() -> RunReport:
    try:
        report: RunReport = pipeline()  # type: ignore[assignment]
        return report
    except StageFailed as failure:
        return failure.report


def main() -> None:
    """Run the pipeline."""
    STAGES.pop("mirror-media")
    began, cpu = time.perf_counter(), time.process_time()
    report = _run()
    seconds = time.perf_counter() - began
    figures = {
        "status": report.status,
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "failures": [f"{part.stage}: {text}" for part in report.parts for text in part.failures.items()][:5],
        "stages": {
            part.stage: {"seconds": part.seconds, "requests": part.requests, "written": part.written}
            for part in report.parts
        },
    }
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
