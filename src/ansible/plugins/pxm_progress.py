# Tells proxmox-manager where a run is: one JSON object a line, in the file that PXM_PROGRESS_FILE names.
# Names and counts only. Of a failure it tells Ansible's message, which is hidden where the task has no_log.
# Plays and tasks are named as they are written: Ansible fills in variables, and what the vault holds is among them.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
    name: pxm_progress
    type: notification
    short_description: progress for proxmox-manager
    description: Writes where a run is, as JSON lines.
    requirements:
      - set in the environment by proxmox-manager
"""

import json
import os
import time

from ansible.plugins.callback import CallbackBase

# Worse ones count for a host from then on.
RANKS = {"ok": 0, "changed": 1, "failed": 2, "unreachable": 3}
MOST_FAILURES = 50
# Far more than is shown, so that no secret at the end of what is shown has been cut in two.
MOST_CHARACTERS = 20000
TELL_EVERY_SECONDS = 0.5


def part_of(result, name):
    """Newer versions call them `host`, older ones only `_host`."""
    found = getattr(result, name, None)
    return getattr(result, "_" + name) if found is None else found


def written(it, key):
    """What stands in the playbook; None as well where it is encrypted there: that is no str."""
    data = getattr(it, "_ds", None)
    value = data.get(key) if isinstance(data, dict) else None
    return str(value) if isinstance(value, str) and value else None


def play_name(play):
    return written(play, "name") or written(play, "hosts") or "play"


def task_name(task):
    name = written(task, "name")
    if name is None:
        # Ansible's own task is written nowhere.
        name = task.name if task.name == "Gathering Facts" else task.action
    role = getattr(task, "_role", None)
    return str(name) if role is None else "%s : %s" % (role.get_name(), name)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "pxm_progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        path = os.environ.get("PXM_PROGRESS_FILE")
        self.disabled = not path
        self._file = open(path, "a") if path else None
        self._play = ""
        self._task = ""
        self._tasks = 0
        self._hosts = {}
        self._failures = 0
        self._told_at = 0.0

    def _write(self, **event):
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()

    def _tell(self, now=False):
        if not now and time.time() - self._told_at < TELL_EVERY_SECONDS:
            return
        self._told_at = time.time()
        counts = dict.fromkeys(RANKS, 0)
        for status in self._hosts.values():
            counts[status] += 1
        self._write(event="progress", play=self._play, task=self._task, tasks=self._tasks, hosts=counts)

    def _host(self, result, status):
        name = part_of(result, "host").get_name()
        if RANKS[status] >= RANKS[self._hosts.get(name, "ok")]:
            self._hosts[name] = status
        self._tell()

    def _failure(self, result, kind):
        self._failures += 1
        if self._failures > MOST_FAILURES:
            return
        values = part_of(result, "result")
        words = values.get("censored") or values.get("msg") or values.get("exception") or "no message"
        self._write(
            event="failure",
            kind=kind,
            host=part_of(result, "host").get_name(),
            task=task_name(part_of(result, "task")),
            words=str(words)[:MOST_CHARACTERS],
        )

    def v2_playbook_on_start(self, playbook):
        self._write(event="start")

    def v2_playbook_on_play_start(self, play):
        self._play = play_name(play)
        self._task = ""
        self._tell(now=True)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._task = task_name(task)
        self._tasks += 1
        self._tell(now=True)

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_ok(self, result):
        self._host(result, "changed" if part_of(result, "result").get("changed") else "ok")

    def v2_runner_on_skipped(self, result):
        self._host(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if ignore_errors:
            self._host(result, "ok")
            return
        self._host(result, "failed")
        self._failure(result, "failed")

    def v2_runner_on_unreachable(self, result):
        self._host(result, "unreachable")
        self._failure(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        self._tell(now=True)
        hosts = {}
        for name in sorted(stats.processed.keys()):
            counts = stats.summarize(name)
            hosts[name] = {
                "ok": counts["ok"],
                "changed": counts["changed"],
                "failed": counts["failures"],
                "unreachable": counts["unreachable"],
                "skipped": counts["skipped"],
                "rescued": counts.get("rescued", 0),
                "ignored": counts.get("ignored", 0),
            }
        self._write(event="stats", hosts=hosts)
