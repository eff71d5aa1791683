"""The peer: a task that does nothing, through Redis, its result kept and its message acknowledged late, as a durable queue would."""

import os

from celery import Celery

app = Celery("peer", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=4, result_expires=3600)


@app.task(name="nothing")
def nothing():
    return None
