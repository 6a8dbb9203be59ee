"""The session's Prefect server: flows of this process report to it, and it keeps to itself."""

import json
import os
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
