"""The limited process: `python -m coopkg.build.intake MEMORY_BYTES PARENT SECONDS`.

It reads the whole job and the current generation, gives up files, network and other processes, and
only then looks at what was uploaded. It dies with who started it.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback

from coopkg.build import intake
from coopkg.contributions.checking import MEMORY_CODE
from coopkg.contributions.job import Job
from coopkg.workers import sandbox
from coopkg.workers.worker import STACK_BYTES, write_all


def main(memory_bytes: int, parent: int, seconds: float) -> None:
    """Answer one job and leave, without any cleaning: there is nothing to clean."""
    sandbox.die_with_parent(parent)
    sandbox.use_one_arena()
    status = [1]

    def work() -> None:
        try:
            job, body = Job.read(sys.stdin.buffer)
            known = intake.ready(job.generation, job.root, warm=True)
            sandbox.limit_time(seconds)
            sandbox.limit_memory(memory_bytes)
            sandbox.lock()
            write_all(1, intake.run(job, body, known).to_bytes())
            status[0] = 0
        except MemoryError:
            status[0] = MEMORY_CODE
        except Exception:
            traceback.print_exc()

    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    sys.stderr.flush()
    os._exit(status[0])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
