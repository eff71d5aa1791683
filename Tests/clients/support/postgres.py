"""A PostgreSQL server of its own for a test."""

import os
import subprocess

from support.server import CHECKOUT


class Postgres:
    """Runs while the `with` lasts; `address` is what `database.url` takes."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [os.path.join(CHECKOUT, "scripts/test-postgres.sh")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        assert self.address, "PostgreSQL didn't start"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)

    def rows(self, sql):
        """The rows of a query, each a list of texts."""
        output = subprocess.run(
            ["psql", "-qXAt", "-F", "\t", self.address, "-c", sql], check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in output.splitlines()]
