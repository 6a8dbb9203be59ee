"""The session's Prefect server: flows of this process report to it, and it keeps to itself."""

import json
import os
import time
import urllib.request


def test_a_flow_of_this_process_is_recorded_by_the_session_server(prefect_server):
    from prefect import flow

    @flow(name="three")
    def three() -> int:
        return 3

    assert three() == 3
    assert os.environ["PREFECT_API_URL"] == prefect_server.api_url
    request = urllib.request.Request(
        f"{prefect_server.api_url}/flow_runs/filter", b"{}", {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        assert "Completed" in {run["state"]["name"] for run in json.load(answer)}


def test_the_server_sends_no_analytics(prefect_server):
    with urllib.request.urlopen(f"{prefect_server.api_url}/admin/settings") as answer:
        assert json.load(answer)["server"]["analytics_enabled"] is False


def test_the_page_shows_this_server_and_not_the_one_on_the_usual_port(prefect_server):
    with urllib.request.urlopen(f"{prefect_server.page}/ui-settings") as answer:
        assert json.load(answer)["api_url"] == prefect_server.api_url


def test_a_deployment_with_a_cron_gets_scheduled_runs(prefect_server, tmp_path):
    """Prefect's scheduler fails silently with SQLAlchemy 2.1; then nothing of ours would ever run at night."""
    (tmp_path / "flows.py").write_text("from prefect import flow\n\n@flow\ndef nightly():\n    pass\n")
    (tmp_path / "prefect.yaml").write_text(
        "name: test\ndeployments:\n- name: nightly\n  entrypoint: flows.py:nightly\n  work_pool: {name: local}\n"
        "  schedules: [{cron: '0 4 * * *', timezone: UTC}]\n"
    )
    prefect_server.make_work_pool()
    deploying = prefect_server.deploy(tmp_path / "prefect.yaml", env=os.environ)
    deploying.start()
    while deploying.poll() is None:
        time.sleep(0.1)
    assert deploying.poll() == 0, deploying.last_lines()
    scheduled = []
    for _ in range(360):
        query = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "flows": {"name": {"any_": ["nightly"]}}}
        request = urllib.request.Request(
            f"{prefect_server.api_url}/flow_runs/filter",
            json.dumps(query).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            scheduled = json.load(answer)
        if scheduled:
            break
        time.sleep(0.5)
    assert scheduled
